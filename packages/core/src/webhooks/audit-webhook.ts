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
