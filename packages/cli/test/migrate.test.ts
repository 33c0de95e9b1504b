import { describe, expect, test } from 'vitest'
import { eachStorage, openLeadhooks } from './storages.ts'

const upToDate = 'Nothing to migrate: the tables are up to date\n'

describe.each(eachStorage)('leadhooks migrate on %s', { timeout: 60_000 }, (_, openProject) => {
  test('shows the SQL and changes nothing on a dry run, then runs it, then has nothing to do', async () => {
    const { project, open } = await openProject()
    const leadhooks = openLeadhooks(open())
    const pending = await leadhooks.migrate({ dryRun: true })

    const dryRun = await project.leadhooks('migrate', '--dry-run')
    expect(dryRun).toMatchObject({ exitCode: 0, stderr: '' })
    for (const { version, name, mode, locks, statements } of pending) {
      expect(dryRun.stdout).toContain(
        `-- Migration ${version}: ${name}\n-- Mode: ${mode}\n-- Locks: ${locks}\n`,
      )
      for (const statement of statements) expect(dryRun.stdout).toContain(`${statement.trim()};\n`)
    }
    expect(await leadhooks.migrate({ dryRun: true })).toEqual(pending)

    const lines = pending.map(({ version, name }) => `Migrated to ${version} (${name})\n`)
    expect(await project.leadhooks('migrate')).toEqual({ exitCode: 0, stdout: lines.join(''), stderr: '' })
    expect(await leadhooks.migrate({ dryRun: true })).toEqual([])

    expect(await project.leadhooks('migrate')).toEqual({ exitCode: 0, stdout: upToDate, stderr: '' })
    expect((await project.leadhooks('migrate', '--dry-run')).stdout).toBe(`-- ${upToDate}`)
  })

  test('shows SQL that can be run by hand in its place', async () => {
    const { project, execute } = await openProject()
    await execute((await project.leadhooks('migrate', '--dry-run')).stdout)
    expect((await project.leadhooks('migrate')).stdout).toBe(upToDate)
    expect((await project.leadhooks('doctor')).stdout).toMatch(/^\[ok\] +tables /m)
  })

  test('runs each migration once, however many processes start at once', async () => {
    const { project, open } = await openProject()
    const pending = await openLeadhooks(open()).migrate({ dryRun: true })
    const results = await Promise.all(Array.from({ length: 10 }, async () => project.leadhooks('migrate')))
    for (const result of results) expect(result).toMatchObject({ exitCode: 0, stderr: '' })
    const lines = results.flatMap(({ stdout }) => stdout.trim().split('\n'))
    expect(lines.filter((line) => line.startsWith('Migrated')).sort()).toEqual(
      pending.map(({ version, name }) => `Migrated to ${version} (${name})`).sort(),
    )
  })
})
