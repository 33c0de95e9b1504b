import type { Delivery, DeliveryQuery, Scoped } from '@leadhooks/core/storage'
import type { Columns, DeliveryLayout } from '@leadhooks/sql'
import { type RawBuilder, sql } from 'kysely'
import { type EventRow, findEventRow } from './find-event.ts'
import { freshColumns } from './fresh-deliveries.ts'
import { firstDeliveryIdOf } from './id-time.ts'
import type { OwnConnection } from './own-connection.ts'

const columns = sql.raw<Columns<Delivery>>(freshColumns)

/**
 * How lists see fresh deliveries. They lie by webhook: to look through those of an organization is to look at each of its
 * webhooks, by one seek.
 */
export function deliveryLayout(own: OwnConnection): DeliveryLayout {
  return {
    order: ['id'],
    from: (query) => sql`(select * from leadhooks_deliveries ${sql.raw(indexFor(query))})`,
    elsewhere: {
      async list(query) {
        const { organizationId, eventId, status } = query
        if (status !== undefined && status !== 'pending') return null
        if (eventId === undefined) return listFresh(query, undefined)
        const event = await own.read((connection) =>
          findEventRow(connection, { organizationId, id: eventId }),
        )
        return event === undefined ? null : listFresh(query, event)
      },
      find: findFresh,
    },
  }
}

/**
 * The index that leads to the fewest rows. SQLite itself prefers the key for each page but the first, and would look at
 * every delivery of the organization.
 */
function indexFor({ eventId, webhookId, status }: DeliveryQuery): string {
  if (eventId !== undefined) return 'indexed by leadhooks_deliveries_by_event'
  if (status !== undefined && status !== 'delivered') return 'indexed by leadhooks_deliveries_by_status'
  if (webhookId !== undefined) return 'indexed by leadhooks_deliveries_by_webhook'
  return ''
}

function listFresh(query: DeliveryQuery, event: EventRow | undefined): RawBuilder<Columns<Delivery>> {
  const { organizationId, webhookId, eventType, limit, after } = query
  const last = after?.id ?? afterEveryId
  return sql`
    select ${columns} from (
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
    select ${columns}
    from leadhooks_webhooks as webhook cross join leadhooks_fresh_deliveries as fresh cross join leadhooks_events as event
    where webhook.organization_id = ${organizationId} and fresh.organization_id = webhook.organization_id
      and fresh.webhook_id = webhook.id and fresh.id = ${id} and event.seq = fresh.event_seq`
}
