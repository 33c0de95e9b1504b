import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { expect, test } from 'vitest'
import {
  checkUpToDate,
  type Migration,
  type MigrationsTable,
  migrateSteps,
  pendingMigrations,
} from './migrate.ts'
import type { Tables } from './tables.ts'

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
const migrations: Migration[] = [1, 2, 3].map((version) => ({
  version,
  name: `step ${version}`,
  mode: 'transactional',
  locks: 'Nothing.',
  statements: [`create table a${version} (x)`, `create table b${version} (x)`],
}))
const table: MigrationsTable = { name: 'migrations', create: ['create table migrations (x)'], now: 'now()' }

/** Runs the steps on a database whose tables are at a version. Answers what was run beside the look at the version. */
function run(version: number | null): string[] {
  const written: string[] = []
  const steps = migrateSteps(db, migrations, table)
  let step = steps.next()
  step = steps.next([{ version }])
  while (!step.done) {
    written.push(step.value.sql)
    step = steps.next([])
  }
  expect(step.value, 'It answers what it ran').toEqual(pendingMigrations(version ?? 0, migrations, table))
  return written
}

test('each migration runs once, in order, and is noted', () => {
  const third = [
    'create table a3 (x)',
    'create table b3 (x)',
    `insert into migrations (version, name, applied_at) values (3, 'step 3', now())`,
  ]
  expect(run(null)).toHaveLength(10)
  expect(run(2)).toEqual(third)
  expect(run(3)).toEqual([])
})

test('what a dry run shows makes the table of the migrations first, in a database that has none', () => {
  const [first, ...others] = pendingMigrations(0, migrations, table)
  expect(first?.statements.slice(0, 2)).toEqual(['create table migrations (x)', 'create table a1 (x)'])
  expect(others.map(({ version, statements }) => [version, statements.length])).toEqual([
    [2, 3],
    [3, 3],
  ])
})

test('tables of a newer release are refused, with both versions', () => {
  const newer = expect.objectContaining({
    code: 'migration_required',
    message: expect.stringMatching(/version 4.*up to 3/) as string,
  })
  expect(() => run(4)).toThrow(newer)
  expect(() => checkUpToDate(4, migrations)).toThrow(newer)
})

test('tables of an older release must be migrated first', () => {
  expect(() => checkUpToDate(3, migrations)).not.toThrow()
  for (const version of [0, 2]) {
    expect(() => checkUpToDate(version, migrations)).toThrow(
      expect.objectContaining({ code: 'migration_required' }),
    )
  }
})
