import { addCounts, FactSums, type Rollup, rollupKey } from '@leadhooks/core/storage'
import { sql as rawSql } from 'kysely'
import { readFacts, readRollup, rollupColumns, type RowsFrom, toJson } from './rollup-rows.ts'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'

/** Takes facts out of their table and adds them to the rollups. */
export function* foldSteps(sql: Sql, rowsFrom: RowsFrom, limit: number): Steps<number> {
  const { db, codec } = sql
  const oldest = db.selectFrom('settled_facts').select('key').orderBy('key').limit(limit)
  const taken = yield* rowsOf(db.deleteFrom('settled_facts').where('key', 'in', oldest).returningAll())
  if (taken.length === 0) return 0
  const sums = new FactSums()
  for (const row of taken) readFacts(codec, row, (facts) => sums.add(facts))
  const rollups = sums.rollups()
  const before = new Map((yield* stored(sql, rowsFrom, rollups)).map((rollup) => [rollupKey(rollup), rollup]))
  for (const rollup of rollups) {
    const known = before.get(rollupKey(rollup))
    if (known !== undefined) addCounts(rollup.counts, known.counts)
  }
  yield* writeRollups(sql, rowsFrom, rollups)
  return taken.length
}

/** The rollups of the same places, as far as there are any. */
function* stored({ db, codec }: Sql, rowsFrom: RowsFrom, rollups: readonly Rollup[]): Steps<Rollup[]> {
  const places = rowsFrom(toJson(rollups)).as('place')
  const query = db
    .selectFrom(places)
    .innerJoin('rollups', (join) =>
      join
        .onRef('rollups.organization_id', '=', 'place.organization_id')
        .onRef('rollups.interval', '=', 'place.interval')
        .onRef('rollups.webhook_id', '=', 'place.webhook_id')
        .onRef('rollups.event_type', '=', 'place.event_type')
        .onRef('rollups.starts_at', '=', 'place.starts_at'),
    )
    .selectAll('rollups')
  return (yield* rowsOf(query)).map((row) => readRollup(codec, row))
}

/** Writes rollups, in the place of those that are there. */
export function* writeRollups({ db }: Sql, rowsFrom: RowsFrom, rollups: readonly Rollup[]): Steps<void> {
  const rows = rowsFrom(toJson(rollups)).as('row')
  const insert = db
    .insertInto('rollups')
    .columns([...rollupColumns])
    .expression((eb) =>
      eb
        .selectFrom(rows)
        .select([...rollupColumns])
        // Without a condition SQLite takes `on conflict` for a join.
        .where(rawSql<boolean>`true`),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'interval', 'webhook_id', 'event_type', 'starts_at'])
        .doUpdateSet((eb) => ({ counts: eb.ref('excluded.counts') })),
    )
  yield insert.compile()
}
