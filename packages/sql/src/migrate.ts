import { LeadhooksError } from '@leadhooks/core/storage'
import { CompiledQuery } from 'kysely'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'

/** One step from a version of the tables to the next. Once released it never changes: the next one puts right what is wrong. */
export interface Migration {
  /** Counts from 1, without gaps. */
  version: number
  name: string
  /** SQL of the dialect, one statement each. */
  statements: readonly string[]
}

/**
 * Brings the tables up to date. It is to run as one transaction that no other process can enter: then each migration runs
 * once, however many processes start at the same moment, and one that fails leaves nothing behind. The table `migrations`
 * must be there.
 */
export function* migrateSteps({ db, codec }: Sql, migrations: readonly Migration[]): Steps<void> {
  const version = yield* tablesVersion(db)
  checkNotNewer(version, migrations)
  for (const migration of migrations.slice(version)) {
    for (const statement of migration.statements) yield CompiledQuery.raw(statement)
    const applied = {
      version: migration.version,
      name: migration.name,
      applied_at: codec.date.write(new Date()),
    }
    yield db.insertInto('migrations').values(applied).compile()
  }
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
