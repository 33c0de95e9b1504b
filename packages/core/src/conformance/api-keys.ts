import assert from 'node:assert/strict'
import { isLeadhooksError } from '../errors.ts'
import type { ApiKey } from '../model/api-key.ts'
import type {
  ApiKeyChanges,
  ApiKeyFilter,
  ApiKeyUsageCount,
  Storage,
  TokenRotation,
} from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { after, apiKeyRow, race, second } from './fixtures.ts'

/** The key that a token finds. */
async function found(storage: Storage, hash: string): Promise<ApiKey | null> {
  return (await storage.findApiKeyByHash([hash]))?.apiKey ?? null
}

/** The rotation to token `n`, at `n` seconds after the start. */
function rotation(n: number, graceEndsAt: Date | null = null): TokenRotation {
  return {
    hash: `hash-${n}`,
    start: `lh_live_${n}`,
    last4: `000${n}`,
    rotatedAt: after(n * second),
    graceEndsAt,
  }
}

/** When the token ends by which a key is found; undefined where it finds none. */
async function endOf(storage: Storage, hash: string): Promise<Date | null | undefined> {
  return (await storage.findApiKeyByHash([hash]))?.tokenEndsAt
}

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
      enabled: false,
      allowedIps: ['10.0.0.0/8', '2001:db8::1'],
      rateLimits: [{ name: 'hourly', limit: 1000, windowMs: 3_600_000, algorithm: 'sliding-window' }],
      tags: ['zapier', 'Zoë’s'],
      metadata: { plan: 'gold', seats: 3, nested: { list: [1, null, 'ü'] } },
      ownerId: 'user-7',
      rotateEveryDays: 90,
      rotatedAt: after(5),
      graceEndsAt: after(6),
      lastUsedAt: after(7),
      lastUsedIp: '203.0.113.9',
      lastUsedUserAgent: 'curl/8',
    })
    await storage.insertApiKey(plain, 'hash-1')
    await storage.insertApiKey(full, 'hash-2')
    assert.deepEqual(await storage.findApiKey(plain), plain)
    assert.deepEqual(await storage.findApiKey(full), full)
    assert.deepEqual(await found(storage, 'hash-1'), plain)
    assert.deepEqual(await found(storage, 'hash-2'), full)
  }),

  storageCase('an API key that is not there is null', async (storage) => {
    const unknown = { organizationId: 'acme', id: 'key_unknown' }
    assert.equal(await storage.findApiKey(unknown), null)
    assert.equal(await storage.findApiKeyByHash(['hash', 'other']), null)
    assert.equal(await storage.rotateApiKey(unknown, rotation(1)), null)
    assert.equal(await storage.rehashToken('hash', 'other'), false)
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
      assert.deepEqual(await found(storage, 'hash'), first)
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
      { enabled: false, allowedIps: ['10.0.0.0/8'], tags: ['a', 'b'], metadata: { a: 1 }, ownerId: 'u1' },
      { rateLimits: [{ name: 'hourly', limit: 5, windowMs: 3_600_000 }], rotateEveryDays: 30 },
      { rateLimits: [], enabled: true },
      { description: null, expiresAt: null, rateLimits: null, ownerId: null, rotateEveryDays: null },
      {},
    ]
    for (const change of changes) {
      Object.assign(expected, change)
      assert.deepEqual(await storage.updateApiKey(expected, change), expected)
      assert.deepEqual(await storage.findApiKey(expected), expected)
      assert.deepEqual(await found(storage, 'hash'), expected)
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
    assert.deepEqual(await found(storage, 'hash'), revoked)
    assert.deepEqual(await storage.listApiKeys({ organizationId: 'acme', limit: 10 }), [revoked])
  }),

  storageCase('a token is found by any of the hashes that it may be kept under', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'kept')
    const expected = { apiKey: key, hash: 'kept', tokenEndsAt: null }
    assert.deepEqual(await storage.findApiKeyByHash(['other', 'kept', 'third']), expected)
    assert.equal(await storage.findApiKeyByHash(['other', 'third']), null)
  }),

  storageCase('a rotated API key is the same key by another token', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash-0')
    const rotated = await storage.rotateApiKey(key, rotation(1))
    assert.deepEqual(rotated, { ...key, start: 'lh_live_1', last4: '0001', rotatedAt: after(second) })
    assert.deepEqual(await found(storage, 'hash-1'), rotated)
    assert.deepEqual(await endOf(storage, 'hash-1'), null)
    // The former token still finds its key: whoever uses it can be told what became of it.
    assert.deepEqual(await found(storage, 'hash-0'), rotated)
    assert.deepEqual(await endOf(storage, 'hash-0'), after(second))
  }),

  storageCase(
    'the token before a rotation ends with the grace, and never outlives the key',
    async (storage) => {
      const lasting = apiKeyRow()
      const ending = apiKeyRow({ expiresAt: after(5 * second) })
      await storage.insertApiKey(lasting, 'lasting')
      await storage.insertApiKey(ending, 'ending')
      const graceEndsAt = after(60 * second)
      assert.deepEqual(
        (await storage.rotateApiKey(lasting, rotation(1, graceEndsAt)))?.graceEndsAt,
        graceEndsAt,
      )
      assert.deepEqual(
        (await storage.rotateApiKey(ending, rotation(2, graceEndsAt)))?.graceEndsAt,
        after(5 * second),
      )
      // That the key lives longer afterwards is no new life for a token of before.
      await storage.updateApiKey(ending, { expiresAt: null })
      assert.deepEqual(await endOf(storage, 'lasting'), graceEndsAt)
      assert.deepEqual(await endOf(storage, 'ending'), after(5 * second))
      assert.deepEqual(await endOf(storage, 'hash-2'), null)
    },
  ),

  storageCase('a second rotation leaves the end of the token before the last as it was', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash-0')
    await storage.rotateApiKey(key, rotation(1, after(10 * second)))
    await storage.rotateApiKey(key, rotation(2, after(99 * second)))
    assert.deepEqual(await endOf(storage, 'hash-0'), after(10 * second))
    assert.deepEqual(await endOf(storage, 'hash-1'), after(99 * second))
    assert.deepEqual(await endOf(storage, 'hash-2'), null)
  }),

  storageCase(
    'of ten callers who rotate an API key at once, each ends the token before its own',
    async (storage) => {
      const key = apiKeyRow()
      await storage.insertApiKey(key, 'hash-0')
      await race(10, async (index) => storage.rotateApiKey(key, rotation(index + 1)))
      const hashes = Array.from({ length: 11 }, (_, index) => `hash-${index}`)
      const ends = await Promise.all(hashes.map(async (hash) => endOf(storage, hash)))
      assert.equal(ends.filter((end) => end === null).length, 1)
      assert.equal(ends.filter((end) => end === undefined).length, 0)
      const current = await storage.findApiKey(key)
      assert.equal(
        await endOf(storage, `hash-${current?.last4.slice(3) === '0' ? 10 : Number(current?.last4)}`),
        null,
      )
    },
  ),

  storageCase('a token that is taken rotates no other API key', async (storage) => {
    const [key, other] = [apiKeyRow(), apiKeyRow()]
    await storage.insertApiKey(key, 'hash-0')
    await storage.insertApiKey(other, 'hash-1')
    await assert.rejects(storage.rotateApiKey(key, rotation(1)), isConflict)
    assert.deepEqual(await storage.findApiKey(key), key)
    assert.deepEqual(await endOf(storage, 'hash-0'), null)
    assert.deepEqual(await found(storage, 'hash-1'), other)
  }),

  storageCase('a revoked API key gets no other token', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash-0')
    await storage.revokeApiKey(key, { revokedAt: after(1), reason: null })
    assert.equal(await storage.rotateApiKey(key, rotation(1)), null)
    assert.equal(await found(storage, 'hash-1'), null)
  }),

  storageCase('of ten callers who keep a token under another hash, one does it', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'plain')
    const answers = await race(10, async () => storage.rehashToken('plain', 'peppered'))
    assert.equal(answers.filter(Boolean).length, 1)
    assert.equal(await found(storage, 'plain'), null)
    assert.deepEqual(await storage.findApiKeyByHash(['peppered', 'plain']), {
      apiKey: key,
      hash: 'peppered',
      tokenEndsAt: null,
    })
  }),

  storageCase(
    'API keys are listed and revoked by tag, owner, environment, use and expiry',
    async (storage) => {
      const keys = {
        plain: apiKeyRow({ createdAt: after(50) }),
        tagged: apiKeyRow({ tags: ['zapier', 'b"\\%_'], createdAt: after(40) }),
        owned: apiKeyRow({ ownerId: 'user-1', tags: ['zap'], createdAt: after(30) }),
        test: apiKeyRow({ environment: 'test', createdAt: after(20) }),
        used: apiKeyRow({ lastUsedAt: after(100), createdAt: after(10) }),
        ending: apiKeyRow({ expiresAt: after(500), createdAt: after(5) }),
        foreign: apiKeyRow({ organizationId: 'globex', tags: ['zapier'], ownerId: 'user-1' }),
      }
      for (const [name, key] of Object.entries(keys)) await storage.insertApiKey(key, name)
      const names = new Map(Object.entries(keys).map(([name, { id }]) => [id, name]))
      const listed = async (
        filter: Omit<ApiKeyFilter, 'organizationId'>,
      ): Promise<(string | undefined)[]> => {
        const rows = await storage.listApiKeys({ organizationId: 'acme', limit: 10, ...filter })
        return rows.map(({ id }) => names.get(id))
      }
      assert.deepEqual(await listed({ tag: 'zapier' }), ['tagged'])
      assert.deepEqual(await listed({ tag: 'b"\\%_' }), ['tagged'])
      assert.deepEqual(await listed({ tag: 'zap' }), ['owned'])
      assert.deepEqual(await listed({ tag: '%' }), [])
      assert.deepEqual(await listed({ ownerId: 'user-1' }), ['owned'])
      assert.deepEqual(await listed({ ownerId: 'user-1', tag: 'zapier' }), [])
      assert.deepEqual(await listed({ environment: 'test' }), ['test'])
      assert.deepEqual(await listed({ unusedSince: after(100) }), [
        'plain',
        'tagged',
        'owned',
        'test',
        'ending',
      ])
      assert.deepEqual(await listed({ unusedSince: after(101) }), [
        'plain',
        'tagged',
        'owned',
        'test',
        'used',
        'ending',
      ])
      assert.deepEqual(await listed({ expiresBefore: after(500) }), [])
      assert.deepEqual(await listed({ expiresBefore: after(501) }), ['ending'])

      const revocation = { revokedAt: after(1000), reason: 'Leaked' }
      const revoked = await storage.revokeApiKeys({ organizationId: 'acme', tag: 'zapier' }, revocation)
      assert.deepEqual(revoked, [{ ...keys.tagged, revokedAt: after(1000), revokedReason: 'Leaked' }])
      assert.deepEqual(await listed({ isRevoked: true }), ['tagged'])
      assert.deepEqual(await listed({ isRevoked: false }), ['plain', 'owned', 'test', 'used', 'ending'])
      assert.deepEqual(await storage.findApiKey(keys.foreign), keys.foreign)
    },
  ),

  storageCase(
    'of ten callers who revoke the same API keys at once, each key is answered to one',
    async (storage) => {
      const keys = Array.from({ length: 5 }, () => apiKeyRow({ tags: ['leaked'] }))
      for (const [index, key] of keys.entries()) await storage.insertApiKey(key, `hash-${index}`)
      const answers = await race(10, async (index) =>
        storage.revokeApiKeys(
          { organizationId: 'acme', tag: 'leaked' },
          { revokedAt: after(index), reason: `Caller ${index}` },
        ),
      )
      const ids = answers.flat().map(({ id }) => id)
      assert.deepEqual(ids.sort(), keys.map(({ id }) => id).sort())
    },
  ),

  storageCase(
    'the last use of an API key stays the latest, in whatever order uses are written',
    async (storage) => {
      const key = apiKeyRow()
      await storage.insertApiKey(key, 'hash')
      const use = (n: number) => ({
        organizationId: key.organizationId,
        id: key.id,
        usedAt: after(n * second),
        ip: `203.0.113.${n}`,
        userAgent: `agent ${n}`,
      })
      await storage.recordApiKeyUsage([use(3), use(5), use(4)], [])
      await race(6, async (index) => storage.recordApiKeyUsage([use(index)], []))
      const used = { lastUsedAt: after(5 * second), lastUsedIp: '203.0.113.5', lastUsedUserAgent: 'agent 5' }
      assert.deepEqual(await storage.findApiKey(key), { ...key, ...used })
      await storage.recordApiKeyUsage(
        [
          { ...use(9), organizationId: 'globex' },
          { ...use(9), id: 'gone' },
        ],
        [],
      )
      assert.deepEqual(await storage.findApiKey(key), { ...key, ...used })
    },
  ),

  storageCase(
    'uses of API keys are counted, and no count is lost when many write at once',
    async (storage) => {
      const keys = Array.from({ length: 4 }, () => apiKeyRow())
      for (const [index, key] of keys.entries()) await storage.insertApiKey(key, `hash-${index}`)
      const startsAt = after(60 * second)
      const counts = keys.flatMap(({ organizationId, id }) =>
        (['minute', 'hour'] as const).flatMap((interval) =>
          (['ok', 'forbidden'] as const).map((outcome) => {
            return { organizationId, id, interval, startsAt, outcome, route: 'GET /contacts', count: 3 }
          }),
        ),
      )
      const use = (index: number) =>
        keys.map((key) => ({ ...key, usedAt: after(index), ip: null, userAgent: null }))
      await race(10, async (index) =>
        // In turn forwards and backwards: two that lock in the order given would wait for each other.
        index % 2 === 0
          ? storage.recordApiKeyUsage(use(index), counts)
          : storage.recordApiKeyUsage(use(index).reverse(), [...counts].reverse()),
      )
      for (const { organizationId, id } of keys) {
        const query = {
          organizationId,
          id,
          interval: 'minute' as const,
          from: after(0),
          to: after(61 * second),
        }
        const row = { interval: 'minute', startsAt: after(60 * second), route: 'GET /contacts', count: 30 }
        const rows = [
          { ...row, outcome: 'forbidden' },
          { ...row, outcome: 'ok' },
        ]
        assert.deepEqual(await storage.readApiKeyUsage(query), rows)
        assert.deepEqual(await storage.readApiKeyUsage({ ...query, to: after(60 * second) }), [])
        assert.deepEqual(await storage.readApiKeyUsage({ ...query, organizationId: 'globex' }), [])
      }
    },
  ),

  storageCase('old counts are removed by interval, so many at a time', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash')
    const { organizationId, id } = key
    const count = (interval: 'minute' | 'hour', n: number): ApiKeyUsageCount => {
      const startsAt = after(n * 60 * second)
      return { organizationId, id, interval, startsAt, outcome: 'ok', route: '', count: 1 }
    }
    await storage.recordApiKeyUsage(
      [],
      [1, 2, 3, 4, 5].flatMap((n) => [count('minute', n), count('hour', n)]),
    )
    const forget = { interval: 'minute' as const, before: after(4 * 60 * second), limit: 2 }
    assert.equal(await storage.forgetApiKeyUsage(forget), 2)
    assert.equal(await storage.forgetApiKeyUsage(forget), 1)
    assert.equal(await storage.forgetApiKeyUsage(forget), 0)
    const query = { organizationId, id, from: after(0), to: after(3600 * second) }
    assert.equal((await storage.readApiKeyUsage({ ...query, interval: 'minute' })).length, 2)
    assert.equal((await storage.readApiKeyUsage({ ...query, interval: 'hour' })).length, 5)
  }),

  storageCase(
    'of each expiry and each rotation that is due one of ten callers is told, once',
    async (storage) => {
      const day = 24 * 3600 * second
      const keys = {
        plain: apiKeyRow(),
        ending: apiKeyRow({ expiresAt: after(3 * day) }),
        later: apiKeyRow({ expiresAt: after(30 * day) }),
        rotating: apiKeyRow({ rotateEveryDays: 2 }),
        rotated: apiKeyRow({ rotateEveryDays: 2, rotatedAt: after(day) }),
        revoked: apiKeyRow({ expiresAt: after(day), rotateEveryDays: 1, revokedAt: after(1) }),
      }
      for (const [name, key] of Object.entries(keys)) await storage.insertApiKey(key, name)
      const take = async (now: Date): Promise<string[][]> => {
        const options = { now, expiresBefore: new Date(now.getTime() + 7 * day), limit: 10 }
        const answers = await race(10, async () => storage.takeApiKeyReminders(options))
        const idsOf = (rows: ApiKey[][]): string[] => rows.flat().map(({ id }) => id)
        return [
          idsOf(answers.map(({ expiring }) => expiring)),
          idsOf(answers.map(({ rotationDue }) => rotationDue)),
        ]
      }
      assert.deepEqual(await take(after(2 * day)), [[keys.ending.id], [keys.rotating.id]])
      assert.deepEqual(await take(after(2 * day)), [[], []])
      assert.deepEqual(await take(after(3 * day)), [[], [keys.rotated.id]])
      await storage.updateApiKey(keys.ending, { expiresAt: after(5 * day) })
      await storage.rotateApiKey(keys.rotating, { ...rotation(1), rotatedAt: after(3 * day) })
      assert.deepEqual(await take(after(4 * day)), [[keys.ending.id], []])
      assert.deepEqual(await take(after(5 * day)), [[], [keys.rotating.id]])
    },
  ),
]
