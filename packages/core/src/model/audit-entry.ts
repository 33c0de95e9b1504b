import type { Actor } from './actor.ts'

export const auditActions = [
  'api_key.created',
  'api_key.updated',
  'api_key.rotated',
  'api_key.revoked',
  'webhook.created',
  'webhook.updated',
  'webhook.deleted',
  'webhook.disabled',
  'webhook.verified',
  'webhook.secret_revealed',
  'webhook.secret_rotated',
  'event_type.registered',
  'event_type.updated',
  'event_type.deleted',
  'event.redacted',
  'organization.created',
  'organization.updated',
  'organization.deleted',
] as const
export type AuditAction = (typeof auditActions)[number]

export const auditTargetTypes = ['api_key', 'webhook', 'event_type', 'event', 'organization'] as const
export type AuditTargetType = (typeof auditTargetTypes)[number]

/** One change, or one look at a secret: who, from where, what, and how it was before and after. */
export interface AuditEntry {
  id: string
  organizationId: string
  /** Counts from 1 within the organization, without gaps. */
  sequence: number
  createdAt: Date
  action: AuditAction
  actor: Actor
  targetType: AuditTargetType
  targetId: string
  /** What was changed, before and after, as JSON without secrets; null where there was nothing. */
  before: string | null
  after: string | null
  /** The key that the link was made with. */
  keyId: string
  /** Of the entry before; '' for the first. */
  previousHash: string
  /** An HMAC over all of the above, by a key that is not in the database. */
  hash: string
}

/** The end of an organization's chain. */
export interface AuditHead {
  organizationId: string
  sequence: number
  /** The hash of the last entry. */
  hash: string
  keyId: string
  /** An HMAC over the above: whoever cuts entries off cannot make one for the entry that is last then. */
  signature: string
}
