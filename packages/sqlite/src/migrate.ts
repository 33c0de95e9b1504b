import type { PendingMigration } from '@leadhooks/core/storage'
import { type MigrationsTable, migrateSteps, pendingMigrations, tablesVersion } from '@leadhooks/sql'
import { compiler } from './compiler.ts'
import type { Connection } from './connection.ts'
import { migrations } from './migrations.ts'
import type { OwnConnection } from './own-connection.ts'
import { runSteps } from './run-steps.ts'
import { transact } from './transaction.ts'

const createTable = `create table if not exists leadhooks_migrations (
      version integer primary key,
      name text not null,
      applied_at integer not null
    ) strict`

const table: MigrationsTable = {
  name: 'leadhooks_migrations',
  create: [createTable],
  now: 'unixepoch() * 1000',
}

/** `journalMode`: what to set first, for a file that is Leadhooks' own to set up. Answers the migrations that it ran. */
export async function migrate(
  own: OwnConnection,
  journalMode: 'wal' | undefined,
): Promise<PendingMigration[]> {
  await own.prepare(({ database }) => {
    if (journalMode !== undefined) database.pragma(`journal_mode = ${journalMode}`)
  })
  return own.prepare((connection) => {
    // Most starts find nothing to do, and need not wait for the lock to find it.
    if (findPending(connection).length === 0) return []
    return transact(connection, 'begin immediate', () => {
      connection.run(createTable)
      return runSteps(connection, migrateSteps(compiler, migrations, table))
    })
  })
}

/** What `migrate` would run. Throws `migration_required` where a newer release has migrated the file. */
export function findPending(connection: Connection): PendingMigration[] {
  const exists = connection.get(
    `select 1 from sqlite_master where type = 'table' and name = 'leadhooks_migrations'`,
  )
  const version = exists === undefined ? 0 : runSteps(connection, tablesVersion(compiler))
  return pendingMigrations(version, migrations, table)
}
