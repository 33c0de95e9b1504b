import { type InsertedEvent, type NewEvent, newDeliveryId, type StoredEvent } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'
import { keepFanOutShort } from './fan-out.ts'
import { findEvent, placeOf } from './find-event.ts'

const insertEvent = `
  insert into leadhooks_events (organization_id, id, type, created_at, dispatched_at, deliveries, body, channels, is_dated,
    ordering_key, traceparent)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict do nothing`

const findOrdered = `select id from leadhooks_webhooks where organization_id = ? and ordered = 1`
const none: ReadonlySet<string> = new Set()

/** Writes events and their deliveries as part of the transaction that is open. */
export function insertEvents(
  connection: Connection,
  events: readonly NewEvent[],
  now: number,
): InsertedEvent[] {
  return events.map((event) => insertOne(connection, event, now))
}

function insertOne(connection: Connection, newEvent: NewEvent, now: number): InsertedEvent {
  const event = toStored(newEvent)
  const webhookIds = webhooksFor(connection, newEvent)
  const seq = insertUnlessThere(connection, event, webhookIds, now)
  if (seq === null) {
    // Seen before: the transaction has the lock, so that the first event is there to be read.
    return { event: findEvent(connection, event) ?? event, deliveries: 0, duplicate: true }
  }
  keepFanOutShort(connection, seq)
  return { event, deliveries: webhookIds.length, duplicate: false }
}

/** Field by field: to leave one out of all takes longer than to write them down. */
function toStored(event: NewEvent): StoredEvent {
  const { id, organizationId, type, body, channels, orderingKey, traceparent, createdAt } = event
  return { id, organizationId, type, body, channels, orderingKey, traceparent, createdAt }
}

/** Answers the place of the event, or null where its organization has an event of that id. */
function insertUnlessThere(
  connection: Connection,
  event: StoredEvent,
  webhookIds: readonly string[],
  now: number,
): number | null {
  const { id, organizationId, type, body, channels, orderingKey, traceparent, createdAt } = event
  // The insert itself notices an event of the same id in the index that it writes to.
  const { isDated, isTaken } = placeOf(connection, event)
  if (isTaken) return null
  const ordered = orderingKey === null ? none : new Set(orderedAmong(connection, organizationId))
  const deliveries = webhookIds.map((webhookId) =>
    ordered.has(webhookId) ? [webhookId, newDeliveryId(now), 1] : [webhookId, newDeliveryId(now)],
  )
  const { changes, lastInsertRowid } = connection.run(
    insertEvent,
    organizationId,
    id,
    type,
    createdAt.getTime(),
    now,
    deliveries.length === 0 ? null : JSON.stringify(deliveries),
    body,
    channels && JSON.stringify(channels),
    Number(isDated),
    orderingKey,
    traceparent,
  )
  return changes === 1 ? Number(lastInsertRowid) : null
}

/** The webhooks of an organization that get the events of a key one after the other. */
function orderedAmong(connection: Connection, organizationId: string): string[] {
  return connection.all<{ id: string }>(findOrdered, organizationId).map(({ id }) => id)
}

/** The webhooks that match, each once: those without channels, and those with one that the event carries. */
function webhooksFor(connection: Connection, event: NewEvent): string[] {
  const webhookIds = subscribers(connection, event, '')
  for (const channel of event.channels ?? [])
    webhookIds.push(...subscribers(connection, event, ` ${channel}`))
  return webhookIds.length > 1 ? [...new Set(webhookIds)] : webhookIds
}

/** Those whose subscriptions end like that. */
function subscribers(connection: Connection, { organizationId, patterns }: NewEvent, end: string): string[] {
  // The empty pattern is that of webhooks which take every event type.
  const parameters = [organizationId, end]
  for (const pattern of patterns) parameters.push(organizationId, `${pattern}${end}`)
  const rows = connection.all<{ webhook_id: string }>(subscribedTo(patterns.length + 1), ...parameters)
  return rows.map(({ webhook_id }) => webhook_id)
}

const subscribedToOne = `select webhook_id from leadhooks_subscriptions where organization_id = ? and pattern = ?`
const texts: string[] = []

/** The query for so many patterns: one seek for each. An event type has a pattern more than it has dots. */
function subscribedTo(patterns: number): string {
  return (texts[patterns] ??= Array.from({ length: patterns }, () => subscribedToOne).join(' union all '))
}
