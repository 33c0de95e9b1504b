import type { RateLimit } from './rate-limit.ts'

export const roles = ['admin', 'read_write', 'read_only'] as const
export type Role = (typeof roles)[number]

export const environments = ['live', 'test'] as const
export type Environment = (typeof environments)[number]

/**
 * A credential of one organization. Its token is shown once, when it is made; only a hash of it is kept. A key that is
 * rotated gets another token and stays the same key.
 */
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
  /** False while it is switched off. */
  enabled: boolean
  /** The addresses and CIDRs that it may be used from. Empty means any. */
  allowedIps: string[]
  /** Null where the host's default holds; empty for none. */
  rateLimits: RateLimit[] | null
  tags: string[]
  /** Whatever the host keeps with it. */
  metadata: Record<string, unknown>
  /** Whom it belongs to, by the host's own id. */
  ownerId: string | null
  /** After how many days somebody is to be reminded to rotate it; null for never. */
  rotateEveryDays: number | null
  /** What of the token may be shown later: its prefix with four characters, and its last four. */
  start: string
  last4: string
  createdAt: Date
  expiresAt: Date | null
  /** When it was given its present token; null for the first one. */
  rotatedAt: Date | null
  /** Until when the token before that works; null where it was ended at once. */
  graceEndsAt: Date | null
  /** Written in batches, some seconds after the fact. */
  lastUsedAt: Date | null
  lastUsedIp: string | null
  lastUsedUserAgent: string | null
  revokedAt: Date | null
  revokedReason: string | null
}
