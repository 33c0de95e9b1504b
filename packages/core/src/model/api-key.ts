export const roles = ['admin', 'read_write', 'read_only'] as const
export type Role = (typeof roles)[number]

export const environments = ['live', 'test'] as const
export type Environment = (typeof environments)[number]

/** A credential of one organization. Its token is shown once, when it is made; only a hash of it is kept. */
export interface ApiKey {
  id: string
  organizationId: string
  name: string
  description: string | null
  environment: Environment
  /** A key has a role or a list of permissions, not both. */
  role: Role | null
  /** `action:resource` with `*` for any of either, or `*` for all: `['read:contacts', 'write:*']`. */
  permissions: string[]
  /** What of the token may be shown later: its prefix with four characters, and its last four. */
  start: string
  last4: string
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
  revokedReason: string | null
}
