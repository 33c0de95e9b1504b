import { createHash } from 'node:crypto'
import { type Delivery, newDeliveryId, type Scoped } from '@leadhooks/core/storage'
import { rowsOf, type Sql, type Steps } from '@leadhooks/sql'
import { type RawBuilder, sql as rawSql } from 'kysely'
import { serverTime } from './now.ts'

const table = (name: string): RawBuilder<unknown> => rawSql.raw(`leadhooks.${name}`)

/** Writes a replay of each delivery by one statement, but for those whose webhook or event is no more; answers how many. */
export function* insertReplays(
  { db }: Sql,
  deliveries: readonly Delivery[],
  now: Date | undefined,
): Steps<number> {
  const column = (read: (delivery: Delivery) => string): RawBuilder<unknown> =>
    rawSql`${deliveries.map(read)}::text[]`
  const insert = rawSql<{ id: string }>`
    with input as (select coalesce(${now ?? null}::timestamptz, ${rawSql.raw(serverTime)}) as now),
    source as (
      select * from unnest(
        ${column(() => newDeliveryId(now?.getTime() ?? Date.now()))}, ${column(({ organizationId }) => organizationId)},
        ${column(({ webhookId }) => webhookId)}, ${column(({ eventId }) => eventId)}, ${column(({ id }) => id)},
        ${column(({ id, replayRoot }) => replayRoot ?? id)}, ${deliveries.map(({ replayDepth }) => replayDepth + 1)}::integer[]
      ) as source (id, organization_id, webhook_id, event_id, replay_of, replay_root, replay_depth)
    ), made as (
      insert into ${table('queue')}
        (id, organization_id, webhook_id, event_id, due_at, created_at, replay_of, replay_root, replay_depth, is_shaped)
      select source.id, webhook.organization_id, webhook.id, event.id, input.now, input.now, source.replay_of,
        source.replay_root, source.replay_depth, exists (select from ${table('delivery_bodies')} where delivery_id = source.replay_of)
      from input cross join source
      join ${table('webhooks')} as webhook
        on webhook.organization_id = source.organization_id and webhook.id = source.webhook_id
      join ${table('events')} as event
        on event.organization_id = source.organization_id and event.id = source.event_id and event.body <> ''
      for share of event
      returning id, replay_of
    ), kept as (
      insert into ${table('delivery_bodies')} (delivery_id, format, body)
      select made.id, shaped.format, shaped.body from made
      join ${table('delivery_bodies')} as shaped on shaped.delivery_id = made.replay_of
    )
    select id from made`
  const rows = yield* rowsOf({ compile: () => insert.compile(db) })
  return rows.length
}

/**
 * Writes the first delivery of each event to a webhook by one statement; answers how many. Their ids begin as those do that the
 * dispatch of the event made, by which they are found, and end with a name of the webhook: there cannot be two.
 */
export function* insertFirst(
  { db }: Sql,
  { organizationId, id }: Scoped,
  eventIds: readonly string[],
  now: Date | undefined,
): Steps<number> {
  const insert = rawSql<{ id: string }>`
    with input as (select coalesce(${now ?? null}::timestamptz, ${rawSql.raw(serverTime)}) as now)
    insert into ${table('queue')} (id, organization_id, webhook_id, event_id, due_at, created_at)
    select event.deliveries || ${idEnd(id)}, webhook.organization_id, webhook.id, event.id, input.now, input.now
    from input cross join ${table('webhooks')} as webhook
    join ${table('events')} as event on event.organization_id = webhook.organization_id
    where webhook.organization_id = ${organizationId} and webhook.id = ${id} and event.id = any(${[...eventIds]}::text[])
      and event.body <> ''
    for share of event
    on conflict do nothing
    returning id`
  const rows = yield* rowsOf({ compile: () => insert.compile(db) })
  return rows.length
}

/** No delivery that a dispatch makes has an "R" there. */
function idEnd(webhookId: string): string {
  return `R${createHash('sha256').update(webhookId).digest('hex').slice(0, 16).toUpperCase()}`
}
