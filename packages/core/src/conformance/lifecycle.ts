import assert from 'node:assert/strict'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { addClaimed, apiKeyRow, race, settle } from './fixtures.ts'

export const lifecycleCases: readonly ConformanceCase[] = [
  storageCase('migrating again, by many callers at once, changes nothing', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash')
    const claimed = await addClaimed(storage)
    await race(5, async () => storage.migrate())
    assert.deepEqual(await storage.findApiKeyByHash('hash'), key)
    assert.deepEqual(await storage.findWebhook(claimed.webhook), claimed.webhook)
    assert.equal(await settle(storage, claimed), true)
  }),
]
