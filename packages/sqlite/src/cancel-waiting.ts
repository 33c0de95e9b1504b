import type { WaitingDeliveries } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'
import { fanOut } from './fan-out.ts'
import { bringInDelivery } from './fresh-deliveries.ts'
import { endLapsed, lapsedLeasesAt } from './lapsed-leases.ts'
import { isFree } from './leases.ts'

const waitingFresh = `
  select id from leadhooks_fresh_deliveries as fresh
  where organization_id = ? and webhook_id = ? and created_at < ? and ${isFree('fresh.id')}
  order by id limit ?`

const waiting = `
  select id from leadhooks_deliveries as delivery indexed by leadhooks_deliveries_by_status
  where status <> 'delivered' and organization_id = ? and status in ('pending', 'retrying') and webhook_id = ?
    and created_at < ? and ${isFree('delivery.id')}
  limit ?`

const cancel = `
  update leadhooks_deliveries set status = 'cancelled', reason = 'by_user', next_attempt_at = null, finished_at = ?
  where organization_id = ? and id = ?`

/** Ends what waits for a webhook and no worker has, as part of the transaction that is open; answers how many. */
export function cancelWaiting(
  connection: Connection,
  { organizationId, webhookId, createdBefore, limit }: WaitingDeliveries,
  now: number,
): number {
  const before = createdBefore?.getTime() ?? Number.MAX_SAFE_INTEGER
  const scope = [organizationId, webhookId, before, limit]
  fanOut(connection)
  for (const { id } of connection.all<{ id: string }>(waitingFresh, ...scope))
    bringInDelivery(connection, organizationId, webhookId, id)
  const found = connection.all<{ id: string }>(waiting, ...scope)
  for (const { id } of found) connection.run(cancel, now, organizationId, id)
  let cancelled = found.length
  for (const lease of lapsedLeasesAt(connection, now)) {
    if (cancelled === limit) break
    const isWanted = lease.organizationId === organizationId && lease.webhookId === webhookId
    if (!isWanted || lease.createdAt >= before) continue
    endLapsed(connection, lease)
    connection.run(cancel, now, organizationId, lease.id)
    cancelled++
  }
  return cancelled
}
