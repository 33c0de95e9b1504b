import { auditOf } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import type { Actor } from '../model/actor.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { AuditAction } from '../model/audit-entry.ts'
import type { Audit, Scoped } from '../storage/storage.ts'

/** The entry of a change of a key. A key holds no secret: its token is nowhere but with its owner. */
export function auditApiKey(
  ctx: Context,
  action: AuditAction & `api_key.${string}`,
  actor: Actor,
  { organizationId, id }: Scoped,
): Audit<ApiKey> {
  const show = (key: ApiKey): object => key
  return auditOf(ctx, { actor, action, organizationId, targetType: 'api_key', targetId: id, show })
}
