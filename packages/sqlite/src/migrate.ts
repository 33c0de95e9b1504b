import { migrateSteps, type Sql, tablesVersion } from '@leadhooks/sql'
import type { Connection } from './connection.ts'
import { migrations } from './migrations.ts'
import type { OwnConnection } from './own-connection.ts'
import { runSteps } from './run-steps.ts'
import { transact } from './transaction.ts'

const createTable = `
  create table if not exists leadhooks_migrations (
    version integer primary key,
    name text not null,
    applied_at integer not null
  ) strict`

/** `journalMode`: what to set first, for a file that is Leadhooks' own to set up. */
export async function migrate(sql: Sql, own: OwnConnection, journalMode: 'wal' | undefined): Promise<void> {
  await own.prepare(({ database }) => {
    if (journalMode !== undefined) database.pragma(`journal_mode = ${journalMode}`)
  })
  await own.prepare((connection) => {
    // Most starts find nothing to do, and need not wait for the lock to find it.
    if (isMigrated(connection, sql)) return
    transact(connection, 'begin immediate', () => {
      connection.run(createTable)
      runSteps(connection, migrateSteps(sql, migrations))
    })
  })
}

function isMigrated(connection: Connection, { db }: Sql): boolean {
  const table = connection.get(
    `select 1 from sqlite_master where type = 'table' and name = 'leadhooks_migrations'`,
  )
  return table !== undefined && runSteps(connection, tablesVersion(db)) === migrations.length
}
