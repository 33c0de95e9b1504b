import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { describe, expect, test } from 'vitest'
import { makeProject, type Project } from './project.ts'
import { configOf, executeOnPostgres, postgresConfig } from './storages.ts'

interface BrokenDatabase {
  open: () => Promise<Project>
  /** The line of the doctor. */
  problem: RegExp
  /** What a migration says on stderr. */
  error: RegExp
}

const brokenDatabases: Record<string, BrokenDatabase> = {
  'a file that is no database': {
    open: async () => {
      const project = makeProject({
        'leadhooks.config.mjs': configOf('sqlite', `sqliteStorage({ path: 'crm.db' })`),
      })
      const content = 'no database, but long enough for a header '.repeat(20)
      writeFileSync(join(project.directory, 'crm.db'), content)
      return project
    },
    problem: /^\[problem\] database +.*not a database.*backup/m,
    error: /^storage_corrupt: .*not a database.*backup/,
  },

  'a Postgres server that cannot be reached': {
    // Nothing listens on the port of the discard service.
    open: async () =>
      makeProject({ 'leadhooks.config.mjs': postgresConfig('postgres://crm@127.0.0.1:9/crm') }),
    problem: /^\[problem\] database +Postgres: .*ECONNREFUSED.*server is up/m,
    error: /^storage_unavailable: Postgres: .*ECONNREFUSED.*server is up/,
  },

  'a Postgres database that does not exist': {
    open: async () => {
      const url = new URL((await testPostgres()).url)
      url.pathname = '/nowhere'
      return makeProject({ 'leadhooks.config.mjs': postgresConfig(url.href) })
    },
    problem: /^\[problem\] database +.*"nowhere" does not exist/m,
    error: /^storage_unavailable: .*"nowhere" does not exist/,
  },

  'a Postgres database that takes no writes': {
    open: async () => {
      const connectionString = await (await testPostgres()).createDatabase()
      const name = new URL(connectionString).pathname.slice(1)
      const readOnly = `alter database "${name}" set default_transaction_read_only = on`
      await executeOnPostgres(connectionString, readOnly)
      return makeProject({ 'leadhooks.config.mjs': postgresConfig(connectionString) })
    },
    problem: /^\[problem\] writable +.*read-only.*primary/m,
    error: /^storage_unavailable: .*read-only.*primary/,
  },
}

describe.each(Object.entries(brokenDatabases))('%s', { timeout: 30_000 }, (_, { open, problem, error }) => {
  test('is a problem for the doctor', async () => {
    const { exitCode, stdout } = await (await open()).leadhooks('doctor')
    expect(stdout).toMatch(problem)
    expect(exitCode).toBe(1)
  })

  test('ends a migration with an error', async () => {
    const { exitCode, stdout, stderr } = await (await open()).leadhooks('migrate')
    expect(stderr).toMatch(error)
    expect([exitCode, stdout]).toEqual([1, ''])
  })

  test('keeps a worker from being started', async () => {
    const { exitCode, stderr } = await (await open()).leadhooks('worker')
    expect(stderr).toMatch(/^(database|writable): [^]*\nThe worker was not started\n$/)
    expect(exitCode).toBe(1)
  })
})
