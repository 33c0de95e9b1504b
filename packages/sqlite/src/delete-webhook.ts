import type { Scoped } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'
import { fanOut } from './fan-out.ts'
import { bringInWebhook } from './fresh-deliveries.ts'

const remove = `delete from leadhooks_webhooks where organization_id = ? and id = ?`

const endLeases = `delete from leadhooks_leases where organization_id = ? and webhook_id = ?`

const cancelUnfinished = `
  update leadhooks_deliveries indexed by leadhooks_deliveries_by_status
  set status = 'cancelled', reason = 'webhook_deleted', next_attempt_at = null, finished_at = ?
  where status <> 'delivered' and organization_id = ? and status in ('pending', 'retrying') and webhook_id = ?`

/** Removes a webhook and ends what was on its way to it, as part of the transaction that is open. */
export function deleteWebhook(connection: Connection, { organizationId, id }: Scoped, now: number): boolean {
  if (connection.run(remove, organizationId, id).changes === 0) return false
  fanOut(connection)
  bringInWebhook(connection, organizationId, id)
  connection.run(cancelUnfinished, now, organizationId, id)
  connection.run(endLeases, organizationId, id)
  return true
}
