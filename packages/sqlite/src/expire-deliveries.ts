import type { Connection } from './connection.ts'
import { bringInDelivery } from './fresh-deliveries.ts'
import { firstDeliveryIdOf } from './id-time.ts'
import { giveUpLapsed } from './lapsed-leases.ts'

interface OldRow {
  id: string
  attempts: number
  lease: string | null
  leased_at: number
}

const webhookAges = `select organization_id, id, max_age_ms from leadhooks_webhooks`

const oldFresh = `
  select id from leadhooks_fresh_deliveries
  where organization_id = ? and webhook_id = ? and id < ? order by id limit ?`

// Whatever is older than its webhook allows has been given up before, so that few rows lie below this id.
const oldUnfinished = `
  select id, attempts, lease, leased_at from leadhooks_deliveries indexed by leadhooks_deliveries_by_status
  where organization_id = ? and status in ('pending', 'retrying') and id < ?
    and webhook_id = ? and (lease is null or leased_until <= ?)
  limit ?`

const expire = `
  update leadhooks_deliveries
  set status = 'dead_letter', reason = 'expired', next_attempt_at = null, finished_at = ?
  where id = ?`

/** Gives up what has grown too old and is in no worker's hands, as part of the transaction that is open. */
export function expireDeliveries(connection: Connection, limit: number, now: number): number {
  let expired = 0
  const webhooks = connection.all<{ organization_id: string; id: string; max_age_ms: number }>(webhookAges)
  for (const { organization_id: organizationId, id: webhookId, max_age_ms: maxAgeMs } of webhooks) {
    if (expired >= limit) break
    const oldest = firstDeliveryIdOf(now - maxAgeMs)
    const fresh = connection.all<OldRow>(oldFresh, organizationId, webhookId, oldest, limit - expired)
    for (const { id } of fresh) bringInDelivery(connection, organizationId, webhookId, id)
    const old = connection.all<OldRow>(oldUnfinished, organizationId, oldest, webhookId, now, limit - expired)
    for (const row of old) {
      if (row.lease === null) connection.run(expire, now, row.id)
      else giveUpLapsed(connection, row, 'expired', now)
    }
    expired += old.length
  }
  return expired
}
