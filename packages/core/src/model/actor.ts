/** Who does something, for the records. */
export interface Actor {
  /** `system`: the host's own code, or Leadhooks itself. */
  type: 'api_key' | 'user' | 'system'
  /** The id of the API key, or whatever the host knows its users and jobs by. */
  id: string
  /** From where, as far as that is known. */
  ip?: string | undefined
  userAgent?: string | undefined
}
