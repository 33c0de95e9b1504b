/** Stands for all organizations, where one is named otherwise. */
export const everyOrganization = '*'

/** An event type that was registered at run time. */
export interface RegisteredEventType {
  /** Whose it is; `'*'`: of all organizations. */
  organizationId: string
  /** Unique among those of its organization. */
  name: string
  description: string | null
  /** JSON Schema (2020-12) of the data. */
  schema: Record<string, unknown>
  /** Null where there is none. */
  example: unknown
  /** Paths of data that is shown to few: `contact.email`. */
  sensitive: string[]
  createdAt: Date
  updatedAt: Date
}
