import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { expect, test } from 'vitest'
import { checkUpToDate, type Migration, migrateSteps } from './migrate.ts'
import type { Sql } from './sql-runner.ts'
import type { Tables } from './tables.ts'

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
const codec = { date: { write: (date: Date) => date.getTime() } }
const sql = { db, codec } as unknown as Sql

const migrations: Migration[] = [1, 2, 3].map((version) => ({
  version,
  name: `step ${version}`,
  statements: [`create table a${version} (x)`, `create table b${version} (x)`],
}))

/** Runs the steps on a database whose tables are at a version, and answers what was written. */
function run(version: number | null): string[] {
  const written: string[] = []
  const steps = migrateSteps(sql, migrations)
  let step = steps.next()
  while (!step.done) {
    const query = step.value
    if (!query.sql.startsWith('select'))
      written.push(query.sql.replace(/ \(.*/, ''), ...query.parameters.slice(0, 1).map(String))
    step = steps.next(query.sql.startsWith('select') ? [{ version }] : [])
  }
  return written
}

test('each migration runs once, in order, and is noted', () => {
  const third = ['create table a3', 'create table b3', 'insert into "migrations"', '3']
  expect(run(null)).toHaveLength(12)
  expect(run(2)).toEqual(third)
  expect(run(3)).toEqual([])
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
