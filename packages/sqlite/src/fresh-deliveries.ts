import type { Delivery, DeliveryQuery, Scoped } from '@leadhooks/core/storage'
import { type Columns, deliveryColumns, type DeliveryLayout, type Steps } from '@leadhooks/sql'
import { CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Connection } from './connection.ts'
import { type EventRow, findEventRow } from './find-event.ts'
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

const columns = deliveryColumns.map((column) => `${shown[column]} as ${column}`).join(', ')

const bringIn = `
  insert into leadhooks_deliveries (${deliveryColumns.join(', ')}, lapses)
  select ${columns}, 0
  from leadhooks_fresh_deliveries as fresh cross join leadhooks_events as event on event.seq = fresh.event_seq
  where fresh.organization_id = ? and fresh.webhook_id = ?`

const remove = `delete from leadhooks_fresh_deliveries where organization_id = ? and webhook_id = ?`

/** Moves a fresh delivery into the table of all others, as it stands. */
export function bringInDelivery(connection: Connection, organizationId: string, webhookId: string, id: string): void {
  connection.run(`${bringIn} and fresh.id = ?`, organizationId, webhookId, id)
  connection.run(`${remove} and id = ?`, organizationId, webhookId, id)
}

/** The same for all of a webhook. */
export function bringInWebhook(connection: Connection, organizationId: string, webhookId: string): void {
  connection.run(bringIn, organizationId, webhookId)
  connection.run(remove, organizationId, webhookId)
}

/**
 * How lists and operations see fresh deliveries. They lie by webhook: to look through those of an organization is to look
 * at each of its webhooks, by one seek.
 */
export function deliveryLayout(own: OwnConnection): DeliveryLayout {
  return {
    order: ['id'],
    elsewhere: {
      async list(query) {
        const { organizationId, eventId, status } = query
        if (status !== undefined && status !== 'pending') return null
        if (eventId === undefined) return listFresh(query, undefined)
        const event = await own.read((connection) => findEventRow(connection, { organizationId, id: eventId }))
        return event === undefined ? null : listFresh(query, event)
      },
      find: findFresh,
      bringIn: bringInSteps,
    },
  }
}

function listFresh(query: DeliveryQuery, event: EventRow | undefined): RawBuilder<Columns<Delivery>> {
  const { organizationId, webhookId, eventType, limit, after } = query
  const last = after?.id ?? afterEveryId
  return sql`
    select ${sql.raw(columns)} from (
      select candidate.* from leadhooks_webhooks as webhook cross join leadhooks_fresh_deliveries as candidate
      where webhook.organization_id = ${organizationId}
        and candidate.organization_id = webhook.organization_id
        and candidate.webhook_id = webhook.id
        and candidate.id < ${last}
        ${webhookId === undefined ? nothing : sql`and webhook.id = ${webhookId}`}
        ${event === undefined ? nothing : ofEvent(event)}
        ${eventType === undefined ? nothing : ofType(eventType)}
        ${event === undefined && eventType === undefined ? newestOfWebhook(last, limit) : nothing}
      order by candidate.id desc
      limit ${limit}
    ) as fresh cross join leadhooks_events as event on event.seq = fresh.event_seq`
}

const afterEveryId = '~'
const nothing = sql``

/** All deliveries of a dispatch have its time in their ids. */
function ofEvent({ seq, dispatched_at: time }: EventRow): RawBuilder<unknown> {
  const [from, to] = [firstDeliveryIdOf(time), firstDeliveryIdOf(time + 1)]
  return sql`and candidate.id >= ${from} and candidate.id < ${to} and candidate.event_seq = ${seq}`
}

function ofType(type: string): RawBuilder<unknown> {
  return sql`and (select event.type from leadhooks_events as event where event.seq = candidate.event_seq) = ${type}`
}

/** A page has room for so many of one webhook, and no more of them need be looked at, however long it has been down. */
function newestOfWebhook(last: string, limit: number): RawBuilder<unknown> {
  return sql`and candidate.id >= coalesce((
    select newer.id from leadhooks_fresh_deliveries as newer
    where newer.organization_id = webhook.organization_id and newer.webhook_id = webhook.id and newer.id < ${last}
    order by newer.id desc limit 1 offset ${limit - 1}), '')`
}

function findFresh({ organizationId, id }: Scoped): RawBuilder<Columns<Delivery>> {
  return sql`
    select ${sql.raw(columns)}
    from leadhooks_webhooks as webhook cross join leadhooks_fresh_deliveries as fresh cross join leadhooks_events as event
    where webhook.organization_id = ${organizationId} and fresh.organization_id = webhook.organization_id
      and fresh.webhook_id = webhook.id and fresh.id = ${id} and event.seq = fresh.event_seq`
}

const findWebhookId = `
  select fresh.webhook_id
  from leadhooks_webhooks as webhook cross join leadhooks_fresh_deliveries as fresh
  where webhook.organization_id = ? and fresh.organization_id = webhook.organization_id
    and fresh.webhook_id = webhook.id and fresh.id = ?`

function* bringInSteps({ organizationId, id }: Scoped): Steps<void> {
  const [row] = (yield CompiledQuery.raw(findWebhookId, [organizationId, id])) as { webhook_id: string }[]
  if (row === undefined) return
  const key = [organizationId, row.webhook_id, id]
  yield CompiledQuery.raw(`${bringIn} and fresh.id = ?`, key)
  yield CompiledQuery.raw(`${remove} and id = ?`, key)
}
