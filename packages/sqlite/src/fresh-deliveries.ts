import type { Delivery, DeliveryQuery, Scoped } from '@leadhooks/core/storage'
import { type Columns, deliveryColumns, type DeliveryLayout, type Steps } from '@leadhooks/sql'
import { CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Connection } from './connection.ts'
import { findEventRow } from './find-event.ts'
import { firstDeliveryIdOf } from './id-time.ts'
import type { OwnConnection } from './own-connection.ts'

/** A fresh delivery as `deliveryColumns` show it, from the row `fresh` and its event's. */
const shown: Record<keyof Columns<Delivery>, string> = {
  id: 'fresh.id',
  organization_id: 'fresh.organization_id',
  webhook_id: 'fresh.webhook_id',
  event_id: 'event.id',
  event_type: 'event.type',
  status: `'pending'`,
  reason: 'null',
  attempts: '0',
  next_attempt_at: 'fresh.created_at',
  status_code: 'null',
  failure: 'null',
  replay_of: 'null',
  replay_root: 'null',
  created_at: 'fresh.created_at',
  finished_at: 'null',
  resolved_at: 'null',
}

const columns = sql.raw<Columns<Delivery>>(deliveryColumns.map((column) => `${shown[column]} as ${column}`).join(', '))

const bringIn = `
  insert into leadhooks_deliveries (${deliveryColumns.join(', ')}, lapses)
  select ${deliveryColumns.map((column) => shown[column]).join(', ')}, 0
  from leadhooks_fresh_deliveries as fresh cross join leadhooks_events as event on event.seq = fresh.event_seq
  where fresh.organization_id = ? and fresh.webhook_id = ?`

const remove = `delete from leadhooks_fresh_deliveries where organization_id = ? and webhook_id = ?`

/** Moves a fresh delivery to the table of all others, as it stands. */
export function bringInDelivery(connection: Connection, organizationId: string, webhookId: string, id: string): void {
  connection.run(`${bringIn} and fresh.id = ?`, organizationId, webhookId, id)
  connection.run(`${remove} and id = ?`, organizationId, webhookId, id)
}

/** The same for all of a webhook. */
export function bringInWebhook(connection: Connection, organizationId: string, webhookId: string): void {
  connection.run(bringIn, organizationId, webhookId)
  connection.run(remove, organizationId, webhookId)
}
