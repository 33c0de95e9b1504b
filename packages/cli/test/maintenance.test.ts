import { describe, expect, test } from 'vitest'
import { eachStorage, openLeadhooks } from './storages.ts'

describe.each(eachStorage)('leadhooks maintenance on %s', { timeout: 30_000 }, (_, openProject) => {
  test('says what it has removed, and leaves it to another process that is at it', async () => {
    const { project, open } = await openProject()
    const storage = open()
    await openLeadhooks(storage).migrate()
    const { exitCode, stdout } = await project.leadhooks('maintenance')
    expect(stdout).toMatch(/^deliveries +0\n[^]*\nNothing is left that is old enough/)
    expect(exitCode).toBe(0)
    await storage.takeDuty({ name: 'maintenance', holder: 'another', leaseMs: 60_000 })
    const busy = await project.leadhooks('maintenance', '--json')
    expect(JSON.parse(busy.stdout)).toMatchObject({ outcome: 'busy', removed: { deliveries: 0 } })
    expect(busy.exitCode).toBe(1)
  })
})
