import type { AuditEntry } from '@leadhooks/client'
import type { MessageKey, Translate } from '../messages/translate.ts'

/** What the log can be filtered by. */
export const actions = [
  'webhook.created',
  'webhook.updated',
  'webhook.deleted',
  'webhook.disabled',
  'webhook.verified',
  'webhook.secret_revealed',
  'webhook.secret_rotated',
  'api_key.created',
  'api_key.updated',
  'api_key.rotated',
  'api_key.revoked',
  'event_type.registered',
  'event_type.updated',
  'event_type.deleted',
  'event.redacted',
  'organization.created',
  'organization.updated',
] as const satisfies readonly AuditEntry['action'][]

/** Actions that a newer API has are named as it names them. */
export function nameAction(action: string, t: Translate): string {
  return t(`audit.action.${action}` as MessageKey) || action
}
