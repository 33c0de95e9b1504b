import { type RollupDialect, type Steps } from '@leadhooks/sql'
import { CompiledQuery, sql } from 'kysely'
import type { Schema } from './schema.ts'

/** Part of the key of the advisory lock, beside the name of the schema: any number that nobody else uses. */
const lockKey = 1_802_723_187

export function rollupDialect(schema: Schema): RollupDialect {
  function* run(...statements: string[]): Steps<void> {
    for (const statement of statements) yield CompiledQuery.raw(schema.text(statement))
  }
  return {
    rowsFrom: (json) => sql`(
      select entry ->> 0 as organization_id, entry ->> 1 as "interval", entry ->> 2 as webhook_id, entry ->> 3 as event_type,
        to_timestamp((entry ->> 4)::float8 / 1000) as starts_at, entry ->> 5 as counts
      from json_array_elements(${json}::json) as entry)`,

    deliveries: {
      order: ['created_at', 'id'],
      sources: [
        sql.raw(schema.text('(select * from leadhooks.deliveries)')),
        sql.raw(
          schema.text(`(
            select queue.*, event.type as event_type, null as reason, null::timestamptz as finished_at
            from leadhooks.queue
            join leadhooks.events as event on event.organization_id = queue.organization_id and event.id = queue.event_id
            where queue.attempts > 0)`),
        ),
      ],
    },

    // The second lock keeps a rebuild from a table that a fold writes to; folds themselves only wait for the first.
    beginFold: () =>
      run(
        `select pg_advisory_xact_lock(${lockKey}, hashtext('${schema.name}'))`,
        'lock table leadhooks.rollups in row exclusive mode',
      ),

    // A lock of the table comes before the snapshot, which the first statement that reads takes.
    beginRebuild: () =>
      run(
        'set transaction isolation level repeatable read',
        'lock table leadhooks.rollups in share row exclusive mode',
      ),
  }
}
