import { sqliteStorage } from '@leadhooks/sqlite'
import Database from 'better-sqlite3'
import type { Crm } from './crm.ts'
import { createCrmLeadhooks, type Overrides } from './leadhooks.ts'
import { sqliteLeads } from './sqlite-leads.ts'

export interface SqliteCrmOptions {
  path: string
  encryptionKey: string | undefined
}

/** The CRM on one SQLite file, with the tables of Leadhooks in it, so that one transaction covers both. */
export function openSqliteCrm({ path, encryptionKey }: SqliteCrmOptions, overrides?: Overrides): Crm {
  const database = new Database(path)
  const leadhooks = createCrmLeadhooks(sqliteStorage({ database }), encryptionKey, overrides)
  const leads = sqliteLeads(database, leadhooks)
  return {
    leads,
    leadhooks,
    async migrate() {
      database.pragma('journal_mode = WAL')
      await leadhooks.migrate()
      await leads.migrate()
    },
    async close() {
      await leadhooks.close()
      database.close()
    },
  }
}
