import type { GivenUp } from '@leadhooks/core/storage'
import { givenUpColumns, type GivenUpRow, readGivenUp } from '@leadhooks/sql'
import type { Connection } from './connection.ts'
import { fanOut } from './fan-out.ts'
import { bringInDelivery } from './fresh-deliveries.ts'
import { firstDeliveryIdOf } from './id-time.ts'
import { giveUpLapsed, lapsedLeasesAt } from './lapsed-leases.ts'
import { isFree } from './leases.ts'
import { noteGivenUp } from './settled-facts.ts'

interface WebhookAge {
  organization_id: string
  id: string
  max_age_ms: number
}

const webhookAges = `
  select organization_id, id, ifnull(max_age_ms, ?) as max_age_ms from leadhooks_webhooks`

const oldFresh = `
  select id from leadhooks_fresh_deliveries as fresh
  where organization_id = ? and webhook_id = ? and id < ? and ${isFree('fresh.id')}
  order by id limit ?`

// Whatever is older than its webhook allows has been given up before, so that few rows lie below this id.
const oldUnfinished = `
  select id from leadhooks_deliveries as delivery indexed by leadhooks_deliveries_by_status
  where status <> 'delivered' and organization_id = ? and status in ('pending', 'retrying') and id < ?
    and webhook_id = ? and ${isFree('delivery.id')}
  limit ?`

const expire = `
  update leadhooks_deliveries set status = 'dead_letter', reason = 'expired', next_attempt_at = null, finished_at = ?
  where organization_id = ? and id = ? returning ${givenUpColumns}`

/** Gives up what has grown too old and is in no worker's hands, as part of the transaction that is open. */
export function expireDeliveries(
  connection: Connection,
  { limit, defaultMaxAgeMs }: { limit: number; defaultMaxAgeMs: number },
  now: number,
): GivenUp[] {
  fanOut(connection)
  const expired: GivenUp[] = []
  for (const webhook of connection.all<WebhookAge>(webhookAges, defaultMaxAgeMs)) {
    if (expired.length >= limit) break
    expired.push(...expireWebhook(connection, webhook, limit - expired.length, now))
  }
  return expired
}

function expireWebhook(connection: Connection, webhook: WebhookAge, limit: number, now: number): GivenUp[] {
  const { organization_id: organizationId, id: webhookId, max_age_ms: maxAgeMs } = webhook
  const oldest = firstDeliveryIdOf(now - maxAgeMs)
  const fresh = connection.all<{ id: string }>(oldFresh, organizationId, webhookId, oldest, limit)
  for (const { id } of fresh) bringInDelivery(connection, organizationId, webhookId, id)
  const free = connection.all<{ id: string }>(oldUnfinished, organizationId, oldest, webhookId, limit)
  const expired = free.map(({ id }) => {
    const row = connection.get(expire, now, organizationId, id) as GivenUpRow
    noteGivenUp(connection, row, 'expired', now)
    return readGivenUp(row)
  })
  for (const lease of lapsedLeasesAt(connection, now)) {
    if (expired.length === limit) break
    if (lease.webhookId !== webhookId || lease.id >= oldest) continue
    expired.push(giveUpLapsed(connection, lease, 'expired', now))
  }
  return expired
}
