import { createLeadhooks, type Leadhooks, type LeadhooksOptions } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import type { Database } from 'better-sqlite3'
import { events } from './events.ts'

export type CrmLeadhooks = Leadhooks<typeof events, Database>

/** Leadhooks in the CRM's own database. `overrides` are for the quickstart and the tests. */
export function createCrmLeadhooks(
  database: Database,
  encryptionKey: string | undefined,
  overrides: Partial<LeadhooksOptions<typeof events, Database>> = {},
): CrmLeadhooks {
  return createLeadhooks({
    storage: sqliteStorage({ database }),
    encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    events,
    ...overrides,
  })
}
