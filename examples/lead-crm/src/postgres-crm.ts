import { postgresStorage } from '@leadhooks/postgres'
import { Pool } from 'pg'
import type { Crm } from './crm.ts'
import { createCrmLeadhooks, type Overrides } from './leadhooks.ts'
import { postgresLeads } from './postgres-leads.ts'

export interface PostgresCrmOptions {
  url: string
  /** The schema of Leadhooks. The CRM's own table is where the connection looks first, in `public` as a rule. */
  schema: string | undefined
  encryptionKey: string | undefined
}

/** The CRM on Postgres, with the tables of Leadhooks in the same database, so that one transaction covers both. */
export function openPostgresCrm(
  { url, schema, encryptionKey }: PostgresCrmOptions,
  overrides?: Overrides,
): Crm {
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 5000 })
  // A connection that breaks fails what is under way on it, and is replaced. Unheard, it would end the process too.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))

  const leadhooks = createCrmLeadhooks(postgresStorage({ pool, schema }), encryptionKey, overrides)
  const leads = postgresLeads(pool, leadhooks)
  return {
    leads,
    leadhooks,
    async migrate() {
      await leadhooks.migrate()
      await leads.migrate()
    },
    async close() {
      await leadhooks.close()
      await pool.end()
    },
  }
}
