import {
  type RollupQuery,
  rollupsOfFacts,
  type RollupSpan,
  type RollupStorage,
} from '@leadhooks/core/storage'
import { sql as rawSql } from 'kysely'
import { foldSteps } from './fold-rollups.ts'
import { rebuildSteps, type SettledDeliveries } from './rebuild-rollups.ts'
import { all, readFacts, readRollup, type RowsFrom } from './rollup-rows.ts'
import type { Sql, Steps } from './sql-runner.ts'
import type { Tables } from './tables.ts'

/** What a dialect says of rollups. */
export interface RollupDialect {
  rowsFrom: RowsFrom
  deliveries: SettledDeliveries
  /** Waits until no other transaction folds. */
  beginFold(): Steps<void>
  /** The same, and sees one state of all tables from there on. */
  beginRebuild(): Steps<void>
}

export function rollupStorage(sql: Sql, dialect: RollupDialect): RollupStorage {
  const { db, codec, runner } = sql
  return {
    async readRollups(query) {
      const { organizationId } = query
      const rows = await runner.rows(reading(sql, query))
      return rows.flatMap(({ interval, webhook_id, event_type, starts_at, content }) => {
        const place = { organization_id: organizationId, webhook_id, event_type }
        if (interval !== all) return [readRollup(codec, { ...place, interval, starts_at, counts: content })]
        return readFacts(codec, { ...place, settled_at: starts_at, facts: content }, (facts) =>
          rollupsOfFacts(query, facts),
        )
      })
    },

    foldRollups: async ({ limit }) =>
      runner.transaction(function* () {
        yield* dialect.beginFold()
        return yield* foldSteps(sql, dialect.rowsFrom, limit)
      }),

    async forgetRollups({ interval, before, limit }) {
      const key = ['organization_id', 'interval', 'webhook_id', 'event_type', 'starts_at'] as const
      const old = db
        .selectFrom('rollups')
        .select([...key])
        .where('interval', '=', interval)
        .where('starts_at', '<', codec.date.write(before))
        .limit(limit)
      const columns = rawSql.join(key.map((column) => rawSql.ref(column)))
      const query = db.deleteFrom('rollups').where(rawSql<boolean>`(${columns}) in (${old})`)
      return (await runner.rows(query.returning('interval'))).length
    },

    rebuildRollups: async (options) =>
      runner.transaction(function* () {
        yield* dialect.beginRebuild()
        yield* rebuildSteps(sql, dialect, options)
      }),
  }
}

/** A rollup, or, where `interval` is empty, facts that are in none yet. */
type ReadRow = Pick<Tables['rollups'], 'webhook_id' | 'event_type' | 'starts_at'> & {
  interval: Tables['rollups']['interval'] | typeof all
  content: string
}

/** One statement: what is added to the rollups between two of them would be seen twice, or not at all. */
function reading({ db, codec }: Sql, query: RollupQuery) {
  const { organizationId, spans, webhookIds, eventType, eachEventType } = query
  let facts = db
    .selectFrom('settled_facts')
    .select([
      rawSql<ReadRow['interval']>`''`.as('interval'),
      'webhook_id',
      'event_type',
      'settled_at as starts_at',
      'facts as content',
    ])
    .where('organization_id', '=', organizationId)
  if (webhookIds !== undefined) facts = facts.where('webhook_id', 'in', webhookIds)
  if (eventType !== undefined) facts = facts.where('event_type', '=', eventType)

  // Each of them has days: found there, each is looked up by its key, where else all that there ever was of it would be read.
  const eventTypes = db
    .selectFrom('rollups')
    .select('event_type')
    .where('organization_id', '=', organizationId)
    .where('interval', '=', 'day')
    .where('webhook_id', 'in', webhookIds ?? [all])
    .where('event_type', '>', all)

  const ofSpan = ({ interval, from, to }: RollupSpan) => {
    const rollups = db
      .selectFrom('rollups')
      .select(['interval', 'webhook_id', 'event_type', 'starts_at', 'counts as content'])
      .where('organization_id', '=', organizationId)
      .where('interval', '=', interval)
      .where('webhook_id', 'in', webhookIds ?? [all])
      .where('starts_at', '>=', codec.date.write(from))
      .where('starts_at', '<', codec.date.write(to))
    return eachEventType
      ? rollups.where('event_type', 'in', eventTypes)
      : rollups.where('event_type', '=', eventType ?? all)
  }
  return spans.reduce((so, span) => so.unionAll(ofSpan(span)), facts)
}
