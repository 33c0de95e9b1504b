import { auditOf } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import type { Actor } from '../model/actor.ts'
import type { AuditAction } from '../model/audit-entry.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { Audit, Scoped } from '../storage/storage.ts'
import { showWebhook } from './show-webhook.ts'

/** The entry of a change of a webhook, which leaves out its credentials. */
export function auditWebhook(
  ctx: Context,
  action: AuditAction & `webhook.${string}`,
  actor: Actor,
  { organizationId, id }: Scoped,
): Audit<StoredWebhook> {
  return auditOf(ctx, {
    actor,
    action,
    organizationId,
    targetType: 'webhook',
    targetId: id,
    show: showWebhook,
  })
}

/** The entry of a webhook that what came of a delivery switches off. */
export function auditDisabling(ctx: Context): Audit<StoredWebhook> {
  return {
    entry: (change, head) => {
      const { organizationId = '', id = '' } = change.before ?? {}
      const actor: Actor = { type: 'system', id: 'worker' }
      return auditWebhook(ctx, 'webhook.disabled', actor, { organizationId, id }).entry(change, head)
    },
    head: (entry) => ctx.auditChain.headOf(entry),
    written: (head) => ctx.onAuditHead?.(head),
  }
}
