import type { Leadhooks } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import type { Environment } from './environment.ts'
import type { events } from './events.ts'
import { createCrmLeadhooks, type Overrides } from './leadhooks.ts'
import { recordStore, type RecordStore } from './record-store.ts'
import { migrateTables, type Tables } from './tables.ts'
import { userStore, type UserStore } from './users.ts'

export interface Crm {
  records: RecordStore
  users: UserStore
  leadhooks: Leadhooks<typeof events>
  /** Makes the tables that are missing, and throws where the database or Redis does not answer. Call it at every start. */
  migrate(): Promise<void>
  close(): Promise<void>
}

/** The CRM and Leadhooks on one pool of Postgres, so that one transaction covers a record and its event. */
export function openCrm(environment: Environment, overrides: Overrides = {}): Crm {
  const pool = new Pool({ connectionString: environment.DATABASE_URL, connectionTimeoutMillis: 5000 })
  // A connection that breaks fails what is under way on it, and is replaced. Unheard, it would end the process too.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))

  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const leadhooks = createCrmLeadhooks(postgresStorage({ pool }), environment, overrides)
  return {
    records: recordStore(database, leadhooks),
    users: userStore(database),
    leadhooks,
    async migrate() {
      await leadhooks.migrate()
      await migrateTables(database)
      const { checks } = await leadhooks.health.ready()
      if (checks.some(({ check, status }) => check === 'rate-limiter' && status !== 'ok'))
        throw new Error('Redis does not answer: see REDIS_URL')
    },
    async close() {
      await leadhooks.close()
      await database.destroy()
    },
  }
}
