import type { SeenWorker, WorkerStorage } from '@leadhooks/core/storage'
import { sql as rawSql } from 'kysely'
import { fromRow, rowMapping } from './row-mapping.ts'
import type { Sql } from './sql-runner.ts'
import type { SqlDate } from './tables.ts'

const mapping = rowMapping<Omit<SeenWorker, 'silentMs'>>('workers', {
  id: 'text',
  host: 'text',
  version: 'text',
  inFlight: 'number',
  startedAt: 'date',
  lastBeatAt: 'date',
})

export function workerStorage(sql: Sql): WorkerStorage {
  const { db, codec, runner } = sql

  return {
    async beatWorker({ now, id, host, version, inFlight }) {
      const time = sql.time(now)
      const row = { id, host, version, in_flight: inFlight, started_at: time, last_beat_at: time }
      await runner.rows(
        db
          .insertInto('workers')
          .values(row)
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet({ in_flight: inFlight, last_beat_at: time }),
          ),
      )
    },

    async listWorkers({ limit, now }) {
      const query = db
        .selectFrom('workers')
        .selectAll()
        .select(rawSql<SqlDate>`${sql.time(now)}`.as('now'))
      const rows = await runner.rows(query.orderBy('last_beat_at', 'desc').orderBy('id').limit(limit))
      return rows.map(({ now: asked, ...row }) => {
        const worker = fromRow(mapping, codec, row)
        const silentMs = codec.date.read(asked).getTime() - worker.lastBeatAt.getTime()
        return Object.assign(worker, { silentMs: Math.max(0, silentMs) })
      })
    },

    async removeWorkers(ids) {
      await runner.rows(db.deleteFrom('workers').where('id', 'in', [...ids]))
    },
  }
}
