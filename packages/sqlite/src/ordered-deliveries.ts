import type { Connection } from './connection.ts'
import { bringInDelivery } from './fresh-deliveries.ts'

interface ListedRow {
  organization_id: string
  webhook_id: string
  id: string
  seq: number
  ordering_key: string
}

/** An event lists its deliveries as [webhook id, delivery id], and those that are in an order as [webhook id, delivery id, 1]. */
const listedInOrder = `
  select event.organization_id, listed.value ->> 0 as webhook_id, listed.value ->> 1 as id, event.seq, event.ordering_key
  from leadhooks_events as event indexed by leadhooks_events_with_key
  cross join json_each(iif(json_valid(event.deliveries), event.deliveries, null)) as listed
  where event.ordering_key is not null and event.seq > ? and listed.value ->> 2 = 1
  order by event.seq`

const hasFirst = `
  select 1 from leadhooks_deliveries indexed by leadhooks_ordered_deliveries
  where organization_id = ? and webhook_id = ? and ordering_key = ? and ordering_key is not null and finished_at is null limit 1`

const putInOrder = `
  update leadhooks_deliveries set ordering_key = ?, place = ?, next_attempt_at = iif(?, null, next_attempt_at)
  where organization_id = ? and id = ?`

/**
 * Of the deliveries of the events behind this place, which are fanned out just now, those that are in an order move on at once to the
 * table where they can wait for their turn. The first of a key is due, and no claim sees the others.
 */
export function lineUp(connection: Connection, after: number): void {
  for (const row of connection.all<ListedRow>(listedInOrder, after)) {
    const { organization_id: organizationId, webhook_id: webhookId, id, seq, ordering_key: key } = row
    const isBehind = connection.get(hasFirst, organizationId, webhookId, key) !== undefined
    bringInDelivery(connection, organizationId, webhookId, id)
    connection.run(putInOrder, key, seq, Number(isBehind), organizationId, id)
  }
}
