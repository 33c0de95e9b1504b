import assert from 'node:assert/strict'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { addClaimed, apiKeyRow, race, settle } from './fixtures.ts'

export const lifecycleCases: readonly ConformanceCase[] = [
  storageCase('migrating again, by many callers at once, changes nothing', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash')
    const claimed = await addClaimed(storage)
    assert.deepEqual(await race(5, async () => storage.migrate()), [[], [], [], [], []])
    assert.deepEqual((await storage.findApiKeyByHash(['hash']))?.apiKey, key)
    assert.deepEqual(await storage.findWebhook(claimed.webhook), claimed.webhook)
    assert.equal(await settle(storage, claimed), true)
  }),

  storageCase('nothing is left to migrate after a migration', async (storage) => {
    assert.deepEqual(await storage.pendingMigrations(), [])
  }),

  storageCase('a migrated storage finds no problem with itself', async (storage) => {
    const diagnoses = await storage.diagnose()
    assert.ok(diagnoses.length > 0)
    assert.deepEqual(
      diagnoses.filter(({ status }) => status === 'problem'),
      [],
    )
  }),
]
