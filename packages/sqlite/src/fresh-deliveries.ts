import type { Delivery, Scoped } from '@leadhooks/core/storage'
import { type Columns, deliveryColumns } from '@leadhooks/sql'
import type { Connection } from './connection.ts'

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
  replay_depth: '0',
  created_at: 'fresh.created_at',
  finished_at: 'null',
  resolved_at: 'null',
}

/** To select those from the rows `fresh` and `event`. */
export const freshColumns = deliveryColumns.map((column) => `${shown[column]} as ${column}`).join(', ')

const insert = `
  insert into leadhooks_deliveries (${deliveryColumns.join(', ')}, lapses)
  select ${freshColumns}, 0
  from leadhooks_fresh_deliveries as fresh cross join leadhooks_events as event on event.seq = fresh.event_seq
  where fresh.organization_id = ? and fresh.webhook_id = ?`

const insertOne = `${insert} and fresh.id = ?`

const remove = `delete from leadhooks_fresh_deliveries where organization_id = ? and webhook_id = ?`

const removeOne = `${remove} and id = ?`

const unmarkLease = `update leadhooks_leases set is_fresh = 0 where delivery_id = ?`

const findWebhook = `
  select fresh.webhook_id
  from leadhooks_webhooks as webhook cross join leadhooks_fresh_deliveries as fresh
  where webhook.organization_id = ? and fresh.organization_id = webhook.organization_id
    and fresh.webhook_id = webhook.id and fresh.id = ?`

/** Moves a delivery into the table of those that something has come of, if it is not there yet, its lease and all. */
export function bringIn(connection: Connection, { organizationId, id }: Scoped): void {
  const fresh = connection.get(findWebhook, organizationId, id) as { webhook_id: string } | undefined
  if (fresh !== undefined) bringInDelivery(connection, organizationId, fresh.webhook_id, id)
}

/** The same where it is known that it is fresh, and of which webhook. */
export function bringInDelivery(
  connection: Connection,
  organizationId: string,
  webhookId: string,
  id: string,
): void {
  connection.run(insertOne, organizationId, webhookId, id)
  removeFresh(connection, organizationId, webhookId, id)
  connection.run(unmarkLease, id)
}

/** The same for all of a webhook whose leases end with it. */
export function bringInWebhook(connection: Connection, organizationId: string, webhookId: string): void {
  connection.run(insert, organizationId, webhookId)
  connection.run(remove, organizationId, webhookId)
}

export function removeFresh(
  connection: Connection,
  organizationId: string,
  webhookId: string,
  id: string,
): void {
  connection.run(removeOne, organizationId, webhookId, id)
}
