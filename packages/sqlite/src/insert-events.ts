import { type InsertedEvent, type NewEvent, newDeliveryId } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'
import { findEvent } from './find-event.ts'
import { timeOfEventId } from './id-time.ts'

const insertEvent = `
  insert into leadhooks_events (organization_id, id, type, body, created_at, dispatched_at, is_dated)
  values (?, ?, ?, ?, ?, ?, ?)`

const matchingWebhooks = `
  select webhook_id from leadhooks_subscriptions where organization_id = ? and pattern = ?`

const insertDelivery = `
  insert into leadhooks_fresh_deliveries (organization_id, webhook_id, id, event_seq, created_at)
  values (?, ?, ?, ?, ?)`

/** Writes events and their deliveries as part of the transaction that is open. */
export function insertEvents(connection: Connection, events: readonly NewEvent[], now: number): InsertedEvent[] {
  return events.map((event) => insertOne(connection, event, now))
}

function insertOne(connection: Connection, newEvent: NewEvent, now: number): InsertedEvent {
  const { id, organizationId, type, body, createdAt, patterns } = newEvent
  // Nobody else can write between the look and the insert: the transaction has the lock.
  const first = findEvent(connection, { organizationId, id })
  if (first !== null) return { event: first, deliveries: 0, duplicate: true }

  const created = createdAt.getTime()
  const isDated = timeOfEventId(id) === created
  const { lastInsertRowid: seq } = connection.run(insertEvent, organizationId, id, type, body, created, now, Number(isDated))
  const webhookIds = webhooksFor(connection, organizationId, patterns)
  for (const webhookId of webhookIds) {
    connection.run(insertDelivery, organizationId, webhookId, newDeliveryId(now), seq, now)
  }
  const event = { id, organizationId, type, body, createdAt }
  return { event, deliveries: webhookIds.size, duplicate: false }
}

function webhooksFor(connection: Connection, organizationId: string, patterns: readonly string[]): Set<string> {
  const webhookIds = new Set<string>()
  // The empty pattern is that of webhooks which take every event type.
  for (const pattern of ['', ...patterns]) {
    const rows = connection.all<{ webhook_id: string }>(matchingWebhooks, organizationId, pattern)
    for (const { webhook_id } of rows) webhookIds.add(webhook_id)
  }
  return webhookIds
}
