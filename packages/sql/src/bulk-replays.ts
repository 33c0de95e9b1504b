import {
  bulkReplayKinds,
  type BulkReplayStorage,
  bulkReplayStatuses,
  type DeliveryStatus,
  replayableStatuses,
  type ReplayFilter,
  type ReplayStep,
  type StoredBulkReplay,
} from '@leadhooks/core/storage'
import { sql as rawSql, type SelectQueryBuilder } from 'kysely'
import { deliveryColumns, type DeliveryLayout, readDelivery } from './deliveries.ts'
import { ahead, behind } from './newest-first.ts'
import { countMissed, type Progress, type RecoveryDialect, recoverNext } from './recoveries.ts'
import { fromRow, rowMapping, toChanges, toRow } from './row-mapping.ts'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'
import type { Columns, Tables } from './tables.ts'

const mapping = rowMapping<StoredBulkReplay>('bulk_replays', {
  id: 'text',
  organizationId: 'text',
  kind: bulkReplayKinds,
  state: bulkReplayStatuses,
  webhookId: 'text',
  eventType: 'text',
  status: replayableStatuses,
  includeFailed: 'boolean',
  since: 'date',
  until: 'date',
  perSecond: 'number',
  total: 'number',
  replayed: 'number',
  skipped: 'number',
  createdAt: 'date',
  finishedAt: 'date',
  idempotencyKey: 'text',
  afterCreatedAt: 'date',
  afterId: 'text',
})

/** All but the step itself, which writes deliveries in the dialect's own way. */
export function bulkReplayStorage(
  sql: Sql,
  layout: DeliveryLayout,
): Omit<BulkReplayStorage, 'advanceBulkReplay'> {
  const { db, codec, runner } = sql
  const table = db.selectFrom('bulk_replays').selectAll()
  const first = ([row]: Tables['bulk_replays'][]): StoredBulkReplay | null =>
    row === undefined ? null : read(sql, row)

  return {
    async countReplayable(filter) {
      const counted = rawSql<number>`cast(count(*) as integer)`.as('count')
      const [row] = await runner.rows(matching(sql, filter).select(counted))
      return row?.count ?? 0
    },

    countMissed: async (query) => countMissed(sql, layout, query),

    async insertBulkReplay(replay) {
      const { organizationId, idempotencyKey } = replay
      const insert = db
        .insertInto('bulk_replays')
        .values(toRow(mapping, codec, replay))
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
      const inserted = first(await runner.rows(insert))
      if (inserted !== null) return inserted
      const known = table
        .where('organization_id', '=', organizationId)
        .where('idempotency_key', '=', idempotencyKey)
      return first(await runner.rows(known)) ?? replay
    },

    async findBulkReplay({ organizationId, id }) {
      return first(
        await runner.rows(table.where('organization_id', '=', organizationId).where('id', '=', id)),
      )
    },

    async listBulkReplays({ organizationId, limit, after }) {
      const own = table.where('organization_id', '=', organizationId).where(behind(codec, after))
      const rows = await runner.rows(own.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))
      return rows.map((row) => read(sql, row))
    },

    async listRunningReplays({ limit }) {
      // The state is part of the text: an index has those that are running, and no others.
      const turn = rawSql`row_number() over (partition by organization_id order by id)`
      const running = db
        .selectFrom('bulk_replays')
        .select(['organization_id as organizationId', 'id', 'per_second as perSecond'])
        .where('state', '=', rawSql.lit('running'))
      return runner.rows(running.orderBy(turn).orderBy('id').limit(limit))
    },

    async changeReplayState({ organizationId, id, now }, { from, to }) {
      const update = db
        .updateTable('bulk_replays')
        .set({ state: to, finished_at: to === 'cancelled' ? sql.time(now) : null })
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .where('state', 'in', from)
      return first(await runner.rows(update.returningAll()))
    },
  }
}

/** The row of the bulk replay is locked first: of any number of steps at once each begins where the one before it ended. */
export function* advanceSteps(
  sql: Sql,
  step: ReplayStep,
  dialect: RecoveryDialect,
): Steps<StoredBulkReplay | null> {
  const { db, codec, lock } = sql
  const { organizationId, id, now } = step
  const own = db.selectFrom('bulk_replays').selectAll().where('organization_id', '=', organizationId)
  const [row] = yield* rowsOf(own.where('id', '=', id).modifyEnd(lock))
  if (row === undefined) return null
  const replay = read(sql, row)
  if (replay.state !== 'running') return replay
  const { replayed, skipped, last, end } = yield* replay.kind === 'recovery'
    ? recoverNext(sql, replay, step, dialect)
    : replayNext(sql, replay, step, dialect)
  const changes = toChanges<StoredBulkReplay>(mapping, codec, {
    replayed: replay.replayed + replayed,
    skipped: replay.skipped + skipped,
    ...(last !== null && { afterCreatedAt: last.createdAt, afterId: last.id }),
    ...(end !== null && { state: end }),
  })
  const update = db
    .updateTable('bulk_replays')
    .set({ ...changes, finished_at: end === null ? null : sql.time(now) })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
  const [updated] = yield* rowsOf(update.returningAll())
  return updated === undefined ? null : read(sql, updated)
}

function* replayNext(
  sql: Sql,
  replay: StoredBulkReplay,
  { limit }: ReplayStep,
  { layout, insertReplays }: RecoveryDialect,
): Steps<Progress> {
  const rows = yield* rowsOf(nextPage(sql, replay, layout, limit))
  const page = rows.map((row) => readDelivery(sql.codec, row))
  const replayed = page.length === 0 ? 0 : yield* insertReplays(page)
  const end = page.length < limit ? 'completed' : null
  return { replayed, skipped: page.length - replayed, last: page.at(-1) ?? null, end }
}

function nextPage(sql: Sql, replay: StoredBulkReplay, { order }: DeliveryLayout, limit: number) {
  const { afterCreatedAt, afterId } = replay
  const place =
    afterCreatedAt === null || afterId === null ? undefined : { createdAt: afterCreatedAt, id: afterId }
  let page = matching(sql, replay)
    .select(deliveryColumns)
    .where(ahead(sql.codec, place, order))
    .limit(limit)
  for (const column of order) page = page.orderBy(column)
  return page
}

/** One without a status has nothing that matches: it is a recovery. */
type Filter = Omit<ReplayFilter, 'status'> & Pick<StoredBulkReplay, 'organizationId' | 'status'>

function matching({ db, codec }: Sql, filter: Filter): SelectQueryBuilder<Tables, 'deliveries', object> {
  const { organizationId, webhookId, eventType, status, since, until } = filter
  let query = db
    .selectFrom('deliveries')
    .where('organization_id', '=', organizationId)
    .where('status', '=', status)
    .where('created_at', '<', codec.date.write(until))
  const redacted = db.selectFrom('events').select('id').where('organization_id', '=', organizationId)
  query = query.where('event_id', 'not in', redacted.where('body', '=', rawSql.lit('')))
  // Said in so many words, since an index holds all that was not delivered.
  if (status !== 'delivered') query = query.where('status', '<>', rawSql.lit<DeliveryStatus>('delivered'))
  if (webhookId !== null) query = query.where('webhook_id', '=', webhookId)
  if (eventType !== null) query = query.where('event_type', '=', eventType)
  if (since !== null) query = query.where('created_at', '>=', codec.date.write(since))
  return query
}

function read({ codec }: Sql, row: Columns<StoredBulkReplay>): StoredBulkReplay {
  return fromRow(mapping, codec, row)
}
