import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnosis } from '@leadhooks/core'
import { describe, expect, test } from 'vitest'
import { makeProject } from './project.ts'
import { configOf, eachStorage, openLeadhooks } from './storages.ts'

const patience = { timeout: 30_000 }

describe.each(eachStorage)('leadhooks doctor on %s', patience, (_, openProject) => {
  test('finds a migrated database healthy', async () => {
    const { project, open } = await openProject()
    await openLeadhooks(open()).migrate()
    const { exitCode, stdout } = await project.leadhooks('doctor')
    expect(stdout).toMatch(/^\[ok\] +tables +up to date$/m)
    expect(stdout, 'The projects of these tests allow private addresses').toMatch(/^\[warning\] network /m)
    expect(stdout).toMatch(/\nProblems: 0, warnings: 1\n$/)
    expect(exitCode).toBe(0)
  })

  test('answers the same as JSON', async () => {
    const { project, open } = await openProject()
    const leadhooks = openLeadhooks(open())
    await leadhooks.migrate()
    const { exitCode, stdout } = await project.leadhooks('doctor', '--json')
    const { healthy, diagnoses } = JSON.parse(stdout) as { healthy: boolean; diagnoses: Diagnosis[] }
    expect([exitCode, healthy]).toEqual([0, true])
    const checks = (await leadhooks.diagnose()).map(({ check, status }) => ({ check, status }))
    expect(diagnoses.map(({ check, status }) => ({ check, status }))).toEqual(checks)
  })

  test('names the migrations that are missing', async () => {
    const { project } = await openProject()
    const { exitCode, stdout } = await project.leadhooks('doctor')
    expect(stdout).toMatch(/^\[problem\] tables +not migrated to 1 .*`leadhooks migrate`/m)
    expect(exitCode).toBe(1)
    const json = await project.leadhooks('doctor', '--json')
    expect([json.exitCode, JSON.parse(json.stdout)]).toMatchObject([1, { healthy: false }])
  })
})

describe('a file that is no database', patience, () => {
  const openGarbage = () => {
    const project = makeProject({
      'leadhooks.config.mjs': configOf('sqlite', `sqliteStorage({ path: 'crm.db' })`),
    })
    writeFileSync(join(project.directory, 'crm.db'), 'no database, but long enough for a header '.repeat(20))
    return project
  }

  test('is a problem for the doctor', async () => {
    const { exitCode, stdout } = await openGarbage().leadhooks('doctor')
    expect(stdout).toMatch(/^\[problem\] database +.*not a database.*backup/m)
    expect(exitCode).toBe(1)
  })

  test.each(['migrate', 'worker'])('ends %s with an error', async (command) => {
    const { exitCode, stderr } = await openGarbage().leadhooks(command)
    expect(stderr).toMatch(/^(storage_corrupt|database): .*not a database/)
    expect(exitCode).toBe(1)
  })
})
