import {
  type Delivery,
  type MissedQuery,
  type PagePosition,
  type ReplayStep,
  type Scoped,
  type StoredBulkReplay,
  type StoredWebhook,
} from '@leadhooks/core/storage'
import { type RawBuilder, type SelectQueryBuilder, sql as rawSql, type SqlBool } from 'kysely'
import type { Codec } from './codec.ts'
import { deliveryColumns, type DeliveryLayout, readDelivery } from './deliveries.ts'
import { ahead, upTo } from './newest-first.ts'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'
import type { SqlDate, Tables } from './tables.ts'
import { readWebhook } from './webhooks.ts'

/** What a step of a bulk replay has done. */
export interface Progress {
  replayed: number
  skipped: number
  /** The last that it has seen to; null where there was nothing. */
  last: PagePosition | null
  /** Null as long as it is not over. */
  end: 'completed' | 'cancelled' | null
}

/** What a dialect adds to a recovery. */
export interface RecoveryDialect {
  layout: DeliveryLayout
  /** Writes a replay of each, but for those whose webhook or event is no more; answers how many. */
  insertReplays: (deliveries: readonly Delivery[]) => Steps<number>
  /** Writes the first delivery of each event to the webhook; answers how many. */
  insertFirst: (webhook: Scoped, eventIds: readonly string[]) => Steps<number>
}

type EventSelect = SelectQueryBuilder<Tables & { event: Tables['events'] }, 'event', object>

interface MissedRow {
  id: string
  created_at: SqlDate
  /** The last delivery that was given up or cancelled. */
  last_id: string | null
}

/** How many events are missing among the next ones, and where those end. */
export async function countMissed(
  sql: Sql,
  layout: DeliveryLayout,
  query: MissedQuery,
): Promise<{ missed: number; last: PagePosition | null }> {
  const [end] = await sql.runner.rows(endOf(sql, query))
  const last = end === undefined ? null : positionOf(sql.codec, end)
  const counted = rawSql<number>`cast(count(*) as integer)`.as('count')
  const [row] = await sql.runner.rows(missedUpTo(sql, layout, query, last).select(counted))
  return { missed: row?.count ?? 0, last }
}

/**
 * Makes a delivery of each of the next events that the webhook of a recovery has missed. The row of the webhook is locked first: of
 * any number of recoveries at once each sees what the one before it has made.
 */
export function* recoverNext(
  sql: Sql,
  recovery: StoredBulkReplay,
  { limit, lookThrough }: ReplayStep,
  dialect: RecoveryDialect,
): Steps<Progress> {
  const { organizationId } = recovery
  const webhook = yield* lockWebhook(sql, { organizationId, id: recovery.webhookId ?? '' })
  if (webhook === null) return { replayed: 0, skipped: 0, last: null, end: 'cancelled' }
  const query = { ...queryOf(recovery), webhook, lookThrough }
  const [end] = yield* rowsOf(endOf(sql, query))
  const last = end === undefined ? null : positionOf(sql.codec, end)
  const missed = yield* rowsOf(nextMissed(sql, dialect.layout, query, last, limit))
  const replayed = missed.length === 0 ? 0 : yield* recover(sql, webhook, missed, dialect)
  const progress = { replayed, skipped: missed.length - replayed }
  const final = missed.at(-1)
  if (missed.length === limit && final !== undefined)
    return { ...progress, last: positionOf(sql.codec, final), end: null }
  return { ...progress, last, end: last === null ? 'completed' : null }
}

function* lockWebhook({ db, codec, lock }: Sql, { organizationId, id }: Scoped): Steps<StoredWebhook | null> {
  const query = db.selectFrom('webhooks').selectAll().where('organization_id', '=', organizationId)
  const [row] = yield* rowsOf(query.where('id', '=', id).modifyEnd(lock))
  return row === undefined ? null : readWebhook(codec, row)
}

function queryOf({ since, until, includeFailed, afterCreatedAt, afterId }: StoredBulkReplay) {
  const after =
    afterCreatedAt === null || afterId === null ? undefined : { createdAt: afterCreatedAt, id: afterId }
  return { since: since ?? new Date(0), until, includeFailed, after }
}

function* recover(
  { db, codec }: Sql,
  webhook: StoredWebhook,
  missed: readonly MissedRow[],
  { insertReplays, insertFirst }: RecoveryDialect,
): Steps<number> {
  const failedIds = missed.flatMap(({ last_id }) => last_id ?? [])
  const neverSent = missed.flatMap(({ id, last_id }) => (last_id === null ? id : []))
  let made = neverSent.length === 0 ? 0 : yield* insertFirst(webhook, neverSent)
  if (failedIds.length > 0) {
    const query = db.selectFrom('deliveries').select(deliveryColumns).where('id', 'in', failedIds)
    const failed = yield* rowsOf(query.where('organization_id', '=', webhook.organizationId))
    made += yield* insertReplays(failed.map((row) => readDelivery(codec, row)))
  }
  return made
}

/** The next events, whether they match or not. There is one lower bound: with two, an index is entered at the wrong one. */
function nextEvents({ db, codec }: Sql, { webhook, since, until, after }: MissedQuery): EventSelect {
  const from =
    after === undefined ? rawSql<SqlBool>`created_at >= ${codec.date.write(since)}` : ahead(codec, after)
  return db
    .selectFrom('events as event')
    .where('organization_id', '=', webhook.organizationId)
    .where(from)
    .where('created_at', '<', codec.date.write(until))
}

/** The last event of those that are looked through; none where there are fewer. */
function endOf(sql: Sql, query: MissedQuery) {
  const events = nextEvents(sql, query).select(['id', 'created_at'])
  return events
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .offset(query.lookThrough - 1)
}

function missedUpTo(
  sql: Sql,
  layout: DeliveryLayout,
  query: MissedQuery,
  last: PagePosition | null,
): EventSelect {
  const { webhook, includeFailed } = query
  const known = layout.toWebhook(webhook)
  const seenTo = includeFailed
    ? rawSql`where status in ('pending', 'retrying', 'delivered') or reason = 'filtered' or resolved_at is not null`
    : rawSql``
  const events = nextEvents(sql, query)
    // Of one that was redacted nothing can be sent.
    .where('body', '<>', '')
    .where(takesType(webhook))
    .where(takesChannel(sql, webhook))
    .where(rawSql<SqlBool>`not exists (select 1 from (${known}) as known ${seenTo})`)
  return last === null ? events : events.where(upTo(sql.codec, last))
}

function nextMissed(
  sql: Sql,
  layout: DeliveryLayout,
  query: MissedQuery,
  last: PagePosition | null,
  limit: number,
) {
  const lastId = query.includeFailed
    ? rawSql<string | null>`(
        select known.id from (${layout.toWebhook(query.webhook)}) as known order by known.created_at desc, known.id desc limit 1)`
    : rawSql<null>`null`
  return missedUpTo(sql, layout, query, last)
    .select(['id', 'created_at', lastId.as('last_id')])
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit)
}

function takesType({ eventTypes }: StoredWebhook): RawBuilder<SqlBool> {
  if (eventTypes.length === 0) return rawSql`true`
  const patterns = eventTypes.map((pattern) => {
    if (!pattern.endsWith('.*')) return rawSql`event.type = ${pattern}`
    const start = pattern.slice(0, -1)
    return rawSql`substr(event.type, 1, ${rawSql.lit(start.length)}) = ${start}`
  })
  return rawSql`(${rawSql.join(patterns, rawSql` or `)})`
}

function takesChannel(sql: Sql, { channels }: StoredWebhook): RawBuilder<SqlBool> {
  if (channels.length === 0) return rawSql`true`
  const carried = channels.map((channel) => sql.contains('event.channels', channel))
  return rawSql`(${rawSql.join(carried, rawSql` or `)})`
}

function positionOf(codec: Codec, row: Pick<MissedRow, 'id' | 'created_at'>): PagePosition {
  return { createdAt: codec.date.read(row.created_at), id: row.id }
}
