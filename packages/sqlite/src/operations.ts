import { type Delivery, newDeliveryId, type Scoped } from '@leadhooks/core/storage'
import { type Columns, deliveryColumns, readDelivery, type Steps } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { copyBody } from './delivery-bodies.ts'
import { fanOut } from './fan-out.ts'
import { type EventRow, findEventRow } from './find-event.ts'
import { bringIn } from './fresh-deliveries.ts'
import { endLease, isFree } from './leases.ts'

const columns = deliveryColumns.join(', ')

const makeDue = `
  update leadhooks_deliveries set next_attempt_at = ?
  where organization_id = ? and id = ? and next_attempt_at > ?
    and ${isFree('leadhooks_deliveries.id')}`

const findUnfinished = `
  select ${columns} from leadhooks_deliveries where organization_id = ? and id = ? and finished_at is null`

const cancel = `
  update leadhooks_deliveries
  set status = 'cancelled', reason = 'by_user', next_attempt_at = null, finished_at = ?
  where organization_id = ? and id = ? and finished_at is null
  returning ${columns}`

const findWebhook = `select 1 from leadhooks_webhooks where organization_id = ? and id = ?`

const insertReplay = `
  insert into leadhooks_deliveries (id, organization_id, webhook_id, event_id, event_type, status, attempts,
    next_attempt_at, replay_of, replay_root, replay_depth, created_at, lapses)
  values (?, ?, ?, ?, ?, 'pending', 0, ?, ?, ?, ?, ?, 0)
  returning ${columns}`

// What a person does to one delivery. Each runs as part of the transaction that is open.

/** Makes a delivery due that waits; one that is leased stays as it is. */
export function retryDelivery(connection: Connection, delivery: Scoped, now: number): Delivery | null {
  const { organizationId, id } = delivery
  fanOut(connection)
  bringIn(connection, delivery)
  connection.run(makeDue, now, organizationId, id, now)
  return answered(connection.all(findUnfinished, organizationId, id))
}

/** Ends a delivery, and the lease that a worker may have. */
export function cancelDelivery(connection: Connection, delivery: Scoped, now: number): Delivery | null {
  const { organizationId, id } = delivery
  fanOut(connection)
  bringIn(connection, delivery)
  const cancelled = answered(connection.all(cancel, now, organizationId, id))
  if (cancelled !== null) connection.run(endLease, id)
  return cancelled
}

/** Writes a new delivery like the one given. */
export function replayDelivery(connection: Connection, replayed: Delivery, now: number): Delivery | null {
  const { organizationId, webhookId, eventId, eventType } = replayed
  if (connection.get(findWebhook, organizationId, webhookId) === undefined) return null
  if (!hasData(findEventRow(connection, { organizationId, id: eventId }))) return null
  const copy = [organizationId, webhookId, eventId, eventType]
  const origin = [replayed.id, replayed.replayRoot ?? replayed.id, replayed.replayDepth + 1]
  const id = newDeliveryId(now)
  copyBody(connection, replayed.id, id)
  return answered(connection.all(insertReplay, id, ...copy, now, ...origin, now))
}

const insertFirst = `
  insert into leadhooks_deliveries (id, organization_id, webhook_id, event_id, event_type, status, attempts, next_attempt_at,
    created_at, lapses)
  values (?, ?, ?, ?, ?, 'pending', 0, ?, ?, 0)`

const listDelivery = `
  update leadhooks_events set deliveries = json_insert(coalesce(deliveries, '[]'), '$[#]', json_array(?, ?)) where seq = ?`

/**
 * Writes the first delivery of each event to a webhook, which the event then lists as if its dispatch had made it; answers how many.
 * Nothing may be left to fan out: what is, lists deliveries that are to be made.
 */
// oxlint-disable-next-line require-yield
export function* firstSteps(
  connection: Connection,
  { organizationId, id: webhookId }: Scoped,
  eventIds: readonly string[],
  now: number,
): Steps<number> {
  fanOut(connection)
  const events = eventIds.map((id) => findEventRow(connection, { organizationId, id })).filter(hasData)
  for (const event of events) {
    const id = newDeliveryId(now)
    connection.run(insertFirst, id, organizationId, webhookId, event.id, event.type, now, now)
    connection.run(listDelivery, webhookId, id, event.seq)
  }
  return events.length
}

/** Writes a replay of each, and answers how many there were. Its statements run at once, so that there is nothing to yield. */
// oxlint-disable-next-line require-yield
export function* replaySteps(
  connection: Connection,
  deliveries: readonly Delivery[],
  now: number,
): Steps<number> {
  return deliveries.filter((delivery) => replayDelivery(connection, delivery, now) !== null).length
}

/** Whether the event is there, and was not redacted. */
function hasData(event: EventRow | undefined): event is EventRow {
  return event !== undefined && event.body !== ''
}

function answered([row]: Columns<Delivery>[]): Delivery | null {
  return row === undefined ? null : readDelivery(codec, row)
}
