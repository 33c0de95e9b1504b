import { LeadhooksError, type PendingMigration } from '@leadhooks/core/storage'
import { CompiledQuery } from 'kysely'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'

/** One step from a version of the tables to the next. Once released it never changes: the next one puts right what is wrong. */
export type Migration = PendingMigration

/** Where a dialect notes which migrations have run: columns `version`, `name` and `applied_at`. */
export interface MigrationsTable {
  /** Its name in statements. */
  name: string
  /** What makes it, and what has to be there before, where they are not. */
  create: readonly string[]
  /** The present time in SQL, as `applied_at` keeps it. */
  now: string
}

/** The migrations that tables of a version lack, with all that has to run for each: what `migrate` runs, and a dry run shows. */
export function pendingMigrations(
  version: number,
  migrations: readonly Migration[],
  table: MigrationsTable,
): PendingMigration[] {
  checkNotNewer(version, migrations)
  return migrations.slice(version).map((migration) => {
    const { version, name, mode, locks } = migration
    const note = `insert into ${table.name} (version, name, applied_at) values (${version}, '${name}', ${table.now})`
    const create = version === 1 ? table.create : []
    return { version, name, mode, locks, statements: [...create, ...migration.statements, note] }
  })
}

/**
 * Brings the tables up to date. It is to run as one transaction that no other process can enter: then each migration runs
 * once, however many processes start at the same moment, and one that fails leaves nothing behind. The table of the
 * migrations must be there, and each of them be `transactional`. Answers those that it ran.
 */
export function* migrateSteps(
  db: Sql['db'],
  migrations: readonly Migration[],
  table: MigrationsTable,
): Steps<PendingMigration[]> {
  const pending = pendingMigrations(yield* tablesVersion(db), migrations, table)
  for (const statement of pending.flatMap(({ statements }) => statements)) yield CompiledQuery.raw(statement)
  return pending
}

/** The version that the tables have; 0 before the first migration. */
export function* tablesVersion(db: Sql['db']): Steps<number> {
  const query = db.selectFrom('migrations').select((eb) => eb.fn.max<number | null>('version').as('version'))
  const [row] = yield* rowsOf(query)
  return row?.version ?? 0
}

/** Throws `migration_required` unless the tables have just the version that this release works with. */
export function checkUpToDate(version: number, migrations: readonly Migration[]): void {
  checkNotNewer(version, migrations)
  if (version < migrations.length)
    throw tablesMissing(`at version ${version}, and this release needs ${migrations.length}`)
}

/** What to throw, too, for a table that the database does not know. */
export function tablesMissing(what = 'not in this database', cause?: unknown): LeadhooksError {
  const message = `The tables of Leadhooks are ${what}: call \`await leadhooks.migrate()\` before anything else`
  return new LeadhooksError('migration_required', message, { cause })
}

function checkNotNewer(version: number, migrations: readonly Migration[]): void {
  if (version <= migrations.length) return
  const message = `The tables of Leadhooks are at version ${version}, and this release knows them up to ${migrations.length}: a newer release has migrated this database; install that one here, too`
  throw new LeadhooksError('migration_required', message)
}
