import type { Delivery, DeliveryQuery, Scoped } from '@leadhooks/core/storage'
import type { Columns, DeliveryLayout } from '@leadhooks/sql'
import { type RawBuilder, sql } from 'kysely'
import { listedDeliveries, deliveriesToFanOut } from './fan-out.ts'
import { freshColumns } from './fresh-deliveries.ts'
import { timeOfEventId } from './id-time.ts'

const columns = sql.raw<Columns<Delivery>>(freshColumns)

/** How lists see deliveries: in the table and, as long as nothing has come of them, fresh or not even fanned out. */
export const deliveryLayout: DeliveryLayout = {
  order: ['id'],
  toWebhook: knownOf,
  from: tableFor,
  elsewhere: {
    list(query) {
      const { eventId, status } = query
      if (status !== undefined && status !== 'pending') return null
      if (eventId !== undefined) return shown(ofEvent(query, eventId))
      return shown(sql`${freshOf(query)} union all ${notFannedOut(query)}`)
    },
    find: (delivery) => shown(sql`${findFresh(delivery)} union all ${findNotFannedOut(delivery)}`),
  },
}

/** The columns of deliveries, for rows with those of `leadhooks_fresh_deliveries`. */
function shown(rows: RawBuilder<unknown>): RawBuilder<Columns<Delivery>> {
  return sql`select ${columns} from (${rows}) as fresh cross join leadhooks_events as event on event.seq = fresh.event_seq`
}

/**
 * The table by the index that leads to the fewest rows. SQLite itself prefers the key for each page but the first, and
 * would look at every delivery of the organization.
 */
function tableFor({
  organizationId,
  eventId,
  webhookId,
  status,
}: DeliveryQuery): RawBuilder<Columns<Delivery>> {
  if (eventId !== undefined) return tableForEvent(organizationId, eventId)
  if (status !== undefined && status !== 'delivered')
    return sql`(select * from leadhooks_deliveries indexed by leadhooks_deliveries_by_status)`
  if (webhookId !== undefined)
    return sql`(select * from leadhooks_deliveries indexed by leadhooks_deliveries_by_webhook)`
  return sql`(select * from leadhooks_deliveries)`
}

/** What the event lists, and the replays of it. */
function tableForEvent(organizationId: string, eventId: string): RawBuilder<Columns<Delivery>> {
  return sql`(
    select moved.* from (${listedBy(organizationId, eventId)}) as own cross join leadhooks_deliveries as moved
    where moved.organization_id = own.organization_id and moved.id = own.id
    union all
    select * from leadhooks_deliveries indexed by leadhooks_replays
    where replay_of is not null and organization_id = ${organizationId} and event_id = ${eventId})`
}

/** What the event in the row `event` lists, and the replays of it. */
function knownOf({ organizationId, id }: Scoped): RawBuilder<unknown> {
  return sql`
    select listed.value ->> 1 as id, coalesce(moved.status, 'pending') as status, moved.reason, moved.resolved_at,
      coalesce(moved.created_at, event.dispatched_at) as created_at
    from json_each(iif(json_valid(event.deliveries), event.deliveries, null)) as listed
    left join leadhooks_deliveries as moved
      on moved.organization_id = event.organization_id and moved.id = listed.value ->> 1
    where listed.value ->> 0 = ${id}
    union all
    select id, status, reason, resolved_at, created_at from leadhooks_deliveries indexed by leadhooks_replays
    where replay_of is not null and organization_id = ${organizationId} and event_id = event.id and webhook_id = ${id}`
}

function listedBy(organizationId: string, eventId: string): RawBuilder<unknown> {
  const byAge = sql`created_at = ${timeOfEventId(eventId)}`
  return sql`${sql.raw(listedDeliveries)}
    where listing.seq in (
      select seq from leadhooks_events indexed by leadhooks_events_by_age
      where organization_id = ${organizationId} and ${byAge} and id = ${eventId}
      union all
      select seq from leadhooks_events indexed by leadhooks_events_by_id
      where organization_id = ${organizationId} and id = ${eventId} and is_dated = 0)`
}

/**
 * Fresh deliveries lie by webhook: to look through those of an organization is to look at each of its webhooks. A page has
 * room for so many of one, and no more of them are looked at, however long it has been down.
 */
function freshOf(query: DeliveryQuery): RawBuilder<unknown> {
  const { organizationId, webhookId, eventType, limit } = query
  const last = lastOf(query)
  return sql`
    select * from (
      select candidate.* from leadhooks_webhooks as webhook cross join leadhooks_fresh_deliveries as candidate
      where webhook.organization_id = ${organizationId}
        and candidate.organization_id = webhook.organization_id
        and candidate.webhook_id = webhook.id
        and candidate.id < ${last}
        ${webhookId === undefined ? nothing : sql`and webhook.id = ${webhookId}`}
        ${eventType === undefined ? newestOfWebhook(last, limit) : ofType('candidate.event_seq', eventType)}
      order by candidate.id desc
      limit ${limit}
    )`
}

function newestOfWebhook(last: string, limit: number): RawBuilder<unknown> {
  return sql`and candidate.id >= coalesce((
    select newer.id from leadhooks_fresh_deliveries as newer
    where newer.organization_id = webhook.organization_id and newer.webhook_id = webhook.id and newer.id < ${last}
    order by newer.id desc limit 1 offset ${limit - 1}), '')`
}

function notFannedOut(query: DeliveryQuery): RawBuilder<unknown> {
  return sql`${sql.raw(deliveriesToFanOut)} and listing.organization_id = ${query.organizationId} ${matching(query)}`
}

/** What an event lists, less those that something has come of. */
function ofEvent(query: DeliveryQuery, eventId: string): RawBuilder<unknown> {
  return sql`
    ${listedBy(query.organizationId, eventId)} ${matching(query)} and not exists (
      select 1 from leadhooks_deliveries as moved
      where moved.organization_id = listing.organization_id and moved.id = listed.value ->> 1)`
}

function matching(query: DeliveryQuery): RawBuilder<unknown> {
  const { webhookId, eventType } = query
  return sql`
    and listed.value ->> 1 < ${lastOf(query)}
    ${webhookId === undefined ? nothing : sql`and listed.value ->> 0 = ${webhookId}`}
    ${eventType === undefined ? nothing : ofType('listing.seq', eventType)}`
}

/** The place behind which the page begins: behind all ids for the first one. */
function lastOf({ after }: DeliveryQuery): string {
  return after?.id ?? '~'
}

const nothing = sql``

function ofType(seq: string, type: string): RawBuilder<unknown> {
  return sql`and (select typed.type from leadhooks_events as typed where typed.seq = ${sql.ref(seq)}) = ${type}`
}

function findFresh({ organizationId, id }: Scoped): RawBuilder<unknown> {
  return sql`
    select candidate.* from leadhooks_webhooks as webhook cross join leadhooks_fresh_deliveries as candidate
    where webhook.organization_id = ${organizationId} and candidate.organization_id = webhook.organization_id
      and candidate.webhook_id = webhook.id and candidate.id = ${id}`
}

function findNotFannedOut({ organizationId, id }: Scoped): RawBuilder<unknown> {
  return sql`
    ${sql.raw(deliveriesToFanOut)} and listing.organization_id = ${organizationId} and listed.value ->> 1 = ${id}`
}
