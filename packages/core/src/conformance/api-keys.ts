import assert from 'node:assert/strict'
import { isLeadhooksError } from '../errors.ts'
import type { ApiKeyChanges } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { after, apiKeyRow, race } from './fixtures.ts'

const isConflict = (error: unknown): boolean => isLeadhooksError(error) && error.code === 'conflict'

export const apiKeyCases: readonly ConformanceCase[] = [
  storageCase('an API key is found by its id and by its hash, exactly as it was stored', async (storage) => {
    const plain = apiKeyRow()
    const full = apiKeyRow({
      name: 'Zoë’s “backend” 🔑',
      description: 'reads contacts;\nwrites notes',
      environment: 'test',
      role: null,
      permissions: ['write:notes', 'read:contacts', 'delete:*'],
      createdAt: after(123),
      expiresAt: after(86_400_789),
    })
    await storage.insertApiKey(plain, 'hash-1')
    await storage.insertApiKey(full, 'hash-2')
    assert.deepEqual(await storage.findApiKey(plain), plain)
    assert.deepEqual(await storage.findApiKey(full), full)
    assert.deepEqual(await storage.findApiKeyByHash('hash-1'), plain)
    assert.deepEqual(await storage.findApiKeyByHash('hash-2'), full)
  }),

  storageCase('an API key that is not there is null', async (storage) => {
    const unknown = { organizationId: 'acme', id: 'key_unknown' }
    assert.equal(await storage.findApiKey(unknown), null)
    assert.equal(await storage.findApiKeyByHash('hash'), null)
    assert.equal(await storage.updateApiKey(unknown, { name: 'New' }), null)
    assert.equal(await storage.revokeApiKey(unknown, { revokedAt: after(1), reason: null }), null)
  }),

  storageCase(
    'a second API key with the same hash is a conflict, in another organization too, and changes nothing',
    async (storage) => {
      const first = apiKeyRow()
      await storage.insertApiKey(first, 'hash')
      for (const second of [apiKeyRow(), apiKeyRow({ organizationId: 'globex' })]) {
        await assert.rejects(storage.insertApiKey(second, 'hash'), isConflict)
        assert.equal(await storage.findApiKey(second), null)
      }
      assert.deepEqual(await storage.findApiKeyByHash('hash'), first)
    },
  ),

  storageCase(
    'of ten callers who store an API key with the same hash at once, one succeeds',
    async (storage) => {
      const keys = Array.from({ length: 10 }, () => apiKeyRow())
      const results = await Promise.allSettled(keys.map(async (key) => storage.insertApiKey(key, 'hash')))
      const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
      assert.equal(refusals.length, 9)
      assert.ok(refusals.every(isConflict))
      assert.equal((await storage.listApiKeys({ organizationId: 'acme', limit: 20 })).length, 1)
    },
  ),

  storageCase('an update of an API key changes the named fields and no others', async (storage) => {
    const expected = apiKeyRow()
    await storage.insertApiKey(expected, 'hash')
    const changes: ApiKeyChanges[] = [
      { name: 'New name' },
      { description: 'New description' },
      { role: null, permissions: ['read:contacts'] },
      { expiresAt: after(5) },
      { description: null, expiresAt: null },
      {},
    ]
    for (const change of changes) {
      Object.assign(expected, change)
      assert.deepEqual(await storage.updateApiKey(expected, change), expected)
      assert.deepEqual(await storage.findApiKey(expected), expected)
      assert.deepEqual(await storage.findApiKeyByHash('hash'), expected)
    }
  }),

  storageCase('updates of different fields of an API key at once all stay', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash')
    const changes: ApiKeyChanges[] = [
      { name: 'New name' },
      { description: 'New description' },
      { role: null },
      { permissions: ['read:contacts'] },
      { expiresAt: after(5) },
    ]
    const revocation = { revokedAt: after(6), reason: 'Leaked' }
    await Promise.all([
      ...changes.map(async (change) => storage.updateApiKey(key, change)),
      storage.revokeApiKey(key, revocation),
    ])
    const expected = { ...key, revokedAt: after(6), revokedReason: 'Leaked' }
    assert.deepEqual(await storage.findApiKey(key), Object.assign(expected, ...changes))
  }),

  storageCase('an API key is revoked once: the first time and reason stay', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash')
    const revoked = { ...key, revokedAt: after(1), revokedReason: null }
    assert.deepEqual(await storage.revokeApiKey(key, { revokedAt: after(1), reason: null }), revoked)
    assert.deepEqual(await storage.revokeApiKey(key, { revokedAt: after(2), reason: 'Leaked' }), revoked)
    assert.deepEqual(await storage.findApiKey(key), revoked)
  }),

  storageCase(
    'of ten callers who revoke an API key at once, every one gets the time of the first',
    async (storage) => {
      const key = apiKeyRow()
      await storage.insertApiKey(key, 'hash')
      const answers = await race(10, async (index) =>
        storage.revokeApiKey(key, { revokedAt: after(index), reason: `Caller ${index}` }),
      )
      const stored = await storage.findApiKey(key)
      assert.notEqual(stored?.revokedAt, null)
      for (const answer of answers) assert.deepEqual(answer, stored)
      assert.equal(
        stored?.revokedReason,
        `Caller ${(stored?.revokedAt?.getTime() ?? 0) - after(0).getTime()}`,
      )
    },
  ),

  storageCase('a revoked API key is still found', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash')
    const revoked = await storage.revokeApiKey(key, { revokedAt: after(1), reason: 'Leaked' })
    assert.deepEqual(await storage.findApiKeyByHash('hash'), revoked)
    assert.deepEqual(await storage.listApiKeys({ organizationId: 'acme', limit: 10 }), [revoked])
  }),
]
