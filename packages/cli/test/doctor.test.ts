import type { Diagnosis } from '@leadhooks/core'
import { describe, expect, test } from 'vitest'
import { eachStorage, openLeadhooks } from './storages.ts'

describe.each(eachStorage)('leadhooks doctor on %s', { timeout: 30_000 }, (_, openProject) => {
  test('finds a migrated database healthy', async () => {
    const { project, open } = await openProject()
    await openLeadhooks(open()).migrate()
    const { exitCode, stdout } = await project.leadhooks('doctor')
    expect(stdout).toMatch(/^\[ok\] +tables +up to date/m)
    expect(stdout, 'The projects of these tests allow private addresses').toMatch(/^\[warning\] network /m)
    expect(stdout, 'The Postgres of a test run is not durable, the file is').toMatch(
      /\nProblems: 0, warnings: [23]\n$/,
    )
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
