import type { Audit, AuditHead, Scoped, StoredWebhook } from '@leadhooks/core/storage'
import { appendEntry, readWebhook, type Sql } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { fanOut } from './fan-out.ts'
import { bringInWebhook } from './fresh-deliveries.ts'
import { runSteps } from './run-steps.ts'

const find = `select * from leadhooks_webhooks where organization_id = ? and id = ?`

const remove = `delete from leadhooks_webhooks where organization_id = ? and id = ?`

const endLeases = `delete from leadhooks_leases where organization_id = ? and webhook_id = ?`

const cancelUnfinished = `
  update leadhooks_deliveries indexed by leadhooks_deliveries_by_status
  set status = 'cancelled', reason = 'webhook_deleted', next_attempt_at = null, finished_at = ?
  where status <> 'delivered' and organization_id = ? and status in ('pending', 'retrying') and webhook_id = ?`

/**
 * Removes a webhook and ends what was on its way to it, as part of the transaction that is open. Answers the head of the audit
 * log, null where none was written, and undefined where there was no such webhook.
 */
export function deleteWebhook(
  connection: Connection,
  sql: Sql,
  { organizationId, id }: Scoped,
  now: number,
  audit: Audit<StoredWebhook> | undefined,
): AuditHead | null | undefined {
  const row = connection.get(find, organizationId, id)
  if (row === undefined) return undefined
  connection.run(remove, organizationId, id)
  fanOut(connection)
  bringInWebhook(connection, organizationId, id)
  connection.run(cancelUnfinished, now, organizationId, id)
  connection.run(endLeases, organizationId, id)
  if (audit === undefined) return null
  const before = readWebhook(codec, row as Parameters<typeof readWebhook>[1])
  return runSteps(connection, appendEntry(sql, organizationId, audit, before, null))
}
