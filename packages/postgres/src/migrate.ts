import type { PendingMigration } from '@leadhooks/core/storage'
import { type MigrationsTable, pendingMigrations } from '@leadhooks/sql'
import type { Database, Session } from './database.ts'
import { migrations } from './migrations.ts'
import type { Schema } from './schema.ts'

/** Any number will do, as long as nobody else's is the same. */
const lockKey = 0x1ead_400c

/** Ends with the transaction: so it holds behind a pooler that gives each transaction another connection, too. */
const lock = `select pg_advisory_xact_lock(${lockKey}, hashtext($1::text))`

/**
 * `to_regclass` would not do: it answers from a cache of the connection, and a process that has just waited for the lock
 * would not hear of the tables that another one has made meanwhile.
 */
const tableExists = `
  select exists (
    select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1::text and c.relname = 'migrations'
  ) as exists`

/** Brings the tables up to date. Each migration runs once, however many processes start at the same moment. */
export async function migrate(database: Database): Promise<PendingMigration[]> {
  const done: PendingMigration[] = []
  // Most starts find nothing to do, and take no lock to find it.
  for (;;) {
    const [next] = await findPending(database, database.schema)
    if (next === undefined) return done
    const ran = next.mode === 'concurrent' ? await runConcurrent(database, next) : await runNext(database)
    if (ran !== undefined) done.push(ran)
  }
}

/** What `migrate` would run. Throws `migration_required` where a newer release has migrated the database. */
export async function findPending(session: Session, schema: Schema): Promise<PendingMigration[]> {
  return pendingMigrations(await findVersion(session, schema), inSchema(schema), tableIn(schema))
}

/** The version that the tables have; 0 where there are none. */
export async function findVersion(session: Session, schema: Schema): Promise<number> {
  const [table] = await session.run<{ exists: boolean }>(tableExists, [schema.name])
  if (table?.exists !== true) return 0
  const greatest = `select max(version) as version from leadhooks.migrations`
  const [row] = await session.run<{ version: number | null }>(greatest)
  return row?.version ?? 0
}

/** Runs the next migration unless another process has just done so. */
async function runNext(database: Database): Promise<PendingMigration | undefined> {
  return database.transaction(async (session) => {
    await session.run(lock, [database.schema.name])
    const [next] = await findPending(session, database.schema)
    if (next?.mode !== 'transactional') return undefined
    for (const statement of next.statements) await session.run(statement)
    return next
  })
}

/**
 * Its statements can be run again (`create index concurrently if not exists`), and the last one notes it as done: of two
 * processes at once one finds that it has been.
 */
async function runConcurrent(
  database: Database,
  migration: PendingMigration,
): Promise<PendingMigration | undefined> {
  for (const statement of migration.statements) await database.run(statement)
  return migration
}

function inSchema(schema: Schema): PendingMigration[] {
  return migrations.map(({ statements, ...migration }) =>
    Object.assign(migration, { statements: statements.map((text) => schema.text(text)) }),
  )
}

function tableIn(schema: Schema): MigrationsTable {
  return {
    name: schema.text('leadhooks.migrations'),
    create: [
      `create schema if not exists ${schema.name}`,
      schema.text(`create table if not exists leadhooks.migrations (
      version integer primary key,
      name text not null,
      applied_at timestamptz(3) not null
    )`),
    ],
    now: 'statement_timestamp()',
  }
}
