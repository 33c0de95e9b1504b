import {
  type Attempt,
  type Delivery,
  FactSums,
  factsOf,
  type PagePosition,
  type RollupStorage,
} from '@leadhooks/core/storage'
import type { RawBuilder } from 'kysely'
import { readAttempt } from './deliveries.ts'
import { writeRollups } from './fold-rollups.ts'
import { type AgeColumn, ahead } from './newest-first.ts'
import type { RowsFrom } from './rollup-rows.ts'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'
import type { Columns } from './tables.ts'

const columns = [
  'id',
  'organization_id',
  'webhook_id',
  'event_type',
  'status',
  'reason',
  'created_at',
  'finished_at',
] as const
type SettledRow = Pick<Columns<Delivery>, (typeof columns)[number]>

/** Where a dialect keeps deliveries of which there may be attempts. */
export interface SettledDeliveries {
  /** Selects of their columns, for all organizations. */
  sources: readonly RawBuilder<SettledRow>[]
  /** The columns by which those of an organization stand from oldest to newest. */
  order: readonly AgeColumn[]
}

const pageSize = 500
/** So many rollups are written by one statement. */
const mostRows = 2000

/** Makes the rollups of an organization from its deliveries and attempts, in the place of those there are. */
export function* rebuildSteps(
  sql: Sql,
  { rowsFrom, deliveries }: { rowsFrom: RowsFrom; deliveries: SettledDeliveries },
  { organizationId, keptSince }: Parameters<RollupStorage['rebuildRollups']>[0],
): Steps<void> {
  const { db } = sql
  yield db.deleteFrom('settled_facts').where('organization_id', '=', organizationId).compile()
  yield db.deleteFrom('rollups').where('organization_id', '=', organizationId).compile()
  const sums = new FactSums()
  for (const source of deliveries.sources)
    yield* addSource(sql, { source, order: deliveries.order, organizationId }, sums)
  const kept = sums.rollups().filter(({ interval, startsAt }) => startsAt >= keptSince[interval])
  while (kept.length > 0) yield* writeRollups(sql, rowsFrom, kept.splice(-mostRows))
}

interface Source {
  source: RawBuilder<SettledRow>
  order: readonly AgeColumn[]
  organizationId: string
}

function* addSource(sql: Sql, { source, order, organizationId }: Source, sums: FactSums): Steps<void> {
  const { db, codec } = sql
  let place: PagePosition | undefined
  for (let isOver = false; !isOver;) {
    let query = db
      .selectFrom(source.as('settled'))
      .select([...columns])
      .where('organization_id', '=', organizationId)
      .where(ahead(codec, place, order))
      .limit(pageSize)
    for (const column of order) query = query.orderBy(column)
    const page = yield* rowsOf(query)
    const attempts = yield* attemptsOf(sql, page)
    for (const row of page) {
      const settledAt = codec.date.read(row.finished_at ?? row.created_at)
      const facts = factsOf(row, attempts.get(row.id) ?? [])
      sums.add({ organizationId, webhookId: row.webhook_id, eventType: row.event_type, settledAt, facts })
    }
    const last = page.at(-1)
    if (last !== undefined) place = { createdAt: codec.date.read(last.created_at), id: last.id }
    isOver = page.length < pageSize
  }
}

function* attemptsOf({ db, codec }: Sql, page: readonly SettledRow[]): Steps<Map<string, Attempt[]>> {
  const attempts = new Map<string, Attempt[]>(page.map(({ id }) => [id, []]))
  if (page.length === 0) return attempts
  const query = db
    .selectFrom('attempts')
    .selectAll()
    .where('delivery_id', 'in', [...attempts.keys()])
  for (const row of yield* rowsOf(query)) attempts.get(row.delivery_id)?.push(readAttempt(codec, row))
  return attempts
}
