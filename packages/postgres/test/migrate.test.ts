import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { expect, onTestFinished, test } from 'vitest'

test('of ten processes that start at the same moment each knows which migrations it ran', async () => {
  const connectionString = await (await testPostgres()).createDatabase()
  const storages = Array.from({ length: 10 }, () => postgresStorage({ connectionString }))
  onTestFinished(async () => void (await Promise.all(storages.map(async (storage) => storage.close()))))
  // All have found the database empty, and their connections remember that.
  const [pending = []] = await Promise.all(storages.map(async (storage) => storage.pendingMigrations()))
  const ran = await Promise.all(storages.map(async (storage) => storage.migrate()))
  // One may have run the first, and another the second.
  expect(ran.flat().sort((a, b) => a.version - b.version)).toEqual(pending)
  expect(pending.length).toBeGreaterThan(0)
})
