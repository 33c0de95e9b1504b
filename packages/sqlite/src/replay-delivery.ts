import { type Delivery, newDeliveryId } from '@leadhooks/core/storage'
import { type Columns, deliveryColumns, readDelivery } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { findEventRow } from './find-event.ts'

const insertReplay = `
  insert into leadhooks_deliveries (id, organization_id, webhook_id, event_id, event_type, status, attempts,
    next_attempt_at, replay_of, replay_root, created_at, lapses)
  values (?, ?, ?, ?, ?, 'pending', 0, ?, ?, ?, ?, 0)
  returning ${deliveryColumns.join(', ')}`

const isWebhook = `select 1 from leadhooks_webhooks where organization_id = ? and id = ?`

/** Writes a new delivery like the one given, as part of the transaction that is open. */
export function replayDelivery(connection: Connection, replayed: Delivery, now: number): Delivery | null {
  const { organizationId, webhookId, eventId, eventType } = replayed
  if (connection.get(isWebhook, organizationId, webhookId) === undefined) return null
  if (findEventRow(connection, { organizationId, id: eventId }) === undefined) return null
  const copy = [organizationId, webhookId, eventId, eventType]
  const origin = [replayed.id, replayed.replayRoot ?? replayed.id]
  const row = connection.get<Columns<Delivery>>(insertReplay, newDeliveryId(now), ...copy, now, ...origin, now)
  return row === undefined ? null : readDelivery(codec, row)
}
