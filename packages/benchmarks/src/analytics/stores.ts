import { type Rollup, type SettledFacts, type Storage, writeCounts } from '@leadhooks/core/storage'
import { postgresStorage } from '@leadhooks/postgres'
import { sqliteStorage } from '@leadhooks/sqlite'
import { startPostgres } from '@leadhooks/test-services'
import pg from 'pg'
import { openDatabase } from '../sqlite/open.ts'
import { withTemporaryFile } from '../sqlite/temporary-file.ts'

/** A storage, and how its tables are filled past it: rollups as they are, facts as settlements note them. */
export interface Store {
  storage: Storage
  addRollups(rollups: readonly Rollup[]): Promise<void>
  addFacts(facts: readonly SettledFacts[]): Promise<void>
  /** What a database does by itself sooner or later. */
  tidy(): Promise<void>
}

export type WithStore = <T>(run: (store: Store) => Promise<T>) => Promise<T>

const rowsAtOnce = 5000

export const inSqlite: WithStore = async (run) =>
  withTemporaryFile(async (path) => {
    const database = openDatabase(path)
    const storage = sqliteStorage({ database })
    await storage.migrate()
    const addRollup = database.prepare('insert into leadhooks_rollups values (?, ?, ?, ?, ?, ?)')
    const addFacts = database.prepare(
      `insert into leadhooks_settled_facts (organization_id, webhook_id, event_type, settled_at, facts) values (?, ?, ?, ?, ?)`,
    )
    const many = (statement: typeof addRollup, rows: readonly unknown[][]): void =>
      database.transaction(() => rows.forEach((row) => statement.run(...row)))()
    try {
      return await run({
        storage,
        addRollups: async (rollups) =>
          many(
            addRollup,
            rollups.map((row) => [...placeOf(row), row.startsAt.getTime(), writeCounts(row.counts)]),
          ),
        addFacts: async (facts) =>
          many(
            addFacts,
            facts.map(({ organizationId, webhookId, eventType, settledAt, facts }) => [
              organizationId,
              webhookId,
              eventType,
              settledAt.getTime(),
              facts,
            ]),
          ),
        tidy: async () => void database.pragma('optimize'),
      })
    } finally {
      await storage.close()
      database.close()
    }
  })

export const inPostgres: WithStore = async (run) => {
  const server = await startPostgres({ durable: true })
  const pool = new pg.Pool({ connectionString: await server.createDatabase() })
  const storage = postgresStorage({ pool })
  await storage.migrate()
  try {
    return await run({
      storage,
      async addRollups(rollups) {
        for (let from = 0; from < rollups.length; from += rowsAtOnce) {
          const rows = rollups.slice(from, from + rowsAtOnce)
          const places = [0, 1, 2, 3].map((column) => rows.map((row) => placeOf(row)[column]))
          await pool.query(
            'insert into leadhooks.rollups select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])',
            [...places, rows.map(({ startsAt }) => startsAt), rows.map(({ counts }) => writeCounts(counts))],
          )
        }
      },
      async addFacts(facts) {
        await pool.query(
          `insert into leadhooks.settled_facts (organization_id, webhook_id, event_type, settled_at, facts)
          select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])`,
          [
            facts.map(({ organizationId }) => organizationId),
            facts.map(({ webhookId }) => webhookId),
            facts.map(({ eventType }) => eventType),
            facts.map(({ settledAt }) => settledAt),
            facts.map((row) => row.facts),
          ],
        )
      },
      tidy: async () => void (await pool.query('vacuum analyze')),
    })
  } finally {
    await storage.close()
    await pool.end()
    await server.close()
  }
}

function placeOf({ organizationId, interval, webhookId, eventType }: Rollup): string[] {
  return [organizationId, interval, webhookId ?? '', eventType ?? '']
}
