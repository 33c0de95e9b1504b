import { describe, expect, test } from 'vitest'
import { createLeadhooks } from '../create-leadhooks.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { LeadhooksOptions } from '../options.ts'
import { storageOver } from '../storage/memory-storage.ts'
import { emptyState } from '../storage/memory-state.ts'
import type { ApiKeyWatch, Storage } from '../storage/storage.ts'
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]

interface Bench {
  leadhooks: Leadhooks
  clock: FakeClock
  storage: Storage
  /** How often a key was read. */
  reads: () => number
  /** How often uses were written. */
  writes: () => number
}

/** Leadhooks over a storage that counts. */
function open(options: Partial<LeadhooksOptions> = {}, replaced: Partial<Storage> = {}): Bench {
  const clock = fakeClock()
  const right: Storage = storageOver(emptyState())
  let reads = 0
  let writes = 0
  const storage: Storage = {
    ...right,
    async findApiKeyByHash(hashes) {
      reads++
      return right.findApiKeyByHash(hashes)
    },
    async recordApiKeyUsage(uses, counts) {
      writes++
      return right.recordApiKeyUsage(uses, counts)
    },
    ...replaced,
  }
  const leadhooks: Leadhooks = createLeadhooks({ storage, encryptionKeys, clock, ...options })
  return { leadhooks, clock, storage, reads: () => reads, writes: () => writes }
}

const idsOf = ({ organizationId, id }: ApiKey) => ({ organizationId, id })

/** A watch that is what a test says it is. */
function fakeWatch() {
  const state = { isCurrent: true, tell: (_id: string | null): void => {} }
  const watchApiKeys = (onChange: (id: string | null) => void): ApiKeyWatch => {
    state.tell = onChange
    return { isCurrent: () => state.isCurrent, async end() {} }
  }
  return { state, watchApiKeys }
}

async function create(
  leadhooks: Leadhooks,
  changes: Partial<Parameters<Leadhooks['apiKeys']['create']>[0]> = {},
): Promise<{ apiKey: ApiKey; token: string }> {
  return leadhooks.apiKeys.create({ organizationId: 'acme', name: 'Zapier', ...changes })
}

describe('a token', () => {
  test('that is malformed is refused without a look at the storage', async () => {
    const { leadhooks, reads } = open()
    const { token } = await create(leadhooks)
    for (const bad of ['', 'lh_live_x', `${token}x`, token.slice(0, -1), token.replace('lh_', 'sk_')])
      expect(await leadhooks.apiKeys.verify(bad)).toEqual({ ok: false, reason: 'malformed' })
    expect(reads()).toBe(0)
  })

  test('is read once, and then answered from the cache; ten callers at once wait for one reading', async () => {
    const { leadhooks, reads } = open()
    const { token, apiKey } = await create(leadhooks)
    const answers = await Promise.all(Array.from({ length: 10 }, () => leadhooks.apiKeys.verify(token)))
    for (const answer of answers) expect(answer).toMatchObject({ ok: true, apiKey: { id: apiKey.id } })
    await leadhooks.apiKeys.verify(token)
    expect(reads()).toBe(1)
  })

  test('that nobody has is remembered for a second, in a place of its own: a flood of them pushes no key out', async () => {
    const { leadhooks, clock, reads } = open({ apiKeys: { cache: { mostKeys: 4 } } })
    const { token } = await create(leadhooks)
    const { token: other } = await create(open().leadhooks)
    await leadhooks.apiKeys.verify(token)
    expect(await leadhooks.apiKeys.verify(other)).toEqual({ ok: false, reason: 'unknown' })
    await leadhooks.apiKeys.verify(other)
    expect(reads()).toBe(2)
    const strangers = open().leadhooks
    for (let i = 0; i < 50; i++) await leadhooks.apiKeys.verify((await create(strangers)).token)
    await leadhooks.apiKeys.verify(token)
    expect(reads(), 'The key is still cached').toBe(52)
    await clock.advance(1001)
    await leadhooks.apiKeys.verify(other)
    expect(reads()).toBe(53)
  })

  test('is refused for what its key is', async () => {
    const { leadhooks, clock } = open()
    const refusal = async (token: string, options = {}): Promise<unknown> =>
      leadhooks.apiKeys.verify(token, options).then((answer) => (answer.ok ? 'ok' : answer.reason))

    const plain = await create(leadhooks)
    expect(await refusal(plain.token)).toBe('ok')
    await leadhooks.apiKeys.disable(plain.apiKey)
    expect(await refusal(plain.token)).toBe('disabled')
    await leadhooks.apiKeys.enable(plain.apiKey)
    expect(await refusal(plain.token)).toBe('ok')
    expect(await refusal(plain.token, { environment: 'test' })).toBe('wrong_environment')
    await leadhooks.apiKeys.revoke(plain.apiKey)
    expect(await refusal(plain.token)).toBe('revoked')

    const ending = await create(leadhooks, { expiresAt: new Date(clock.now() + 500) })
    expect(await refusal(ending.token)).toBe('ok')
    await clock.advance(499)
    expect(await refusal(ending.token)).toBe('ok')
    await clock.advance(1)
    expect(await refusal(ending.token), 'From the cache, by the clock').toBe('expired')

    const office = await create(leadhooks, { allowedIps: ['10.0.0.0/8'] })
    expect(await refusal(office.token, { ip: '10.1.1.1' })).toBe('ok')
    expect(await refusal(office.token, { ip: '11.1.1.1' })).toBe('ip_not_allowed')
    expect(await refusal(office.token)).toBe('ip_not_allowed')

    const reader = await create(leadhooks, { permissions: ['read:contacts'] })
    expect(await refusal(reader.token, { permissions: ['read:contacts', 'write:contacts'] })).toBe(
      'forbidden',
    )
    expect(await refusal(reader.token, { anyOf: ['read:contacts', 'write:contacts'] })).toBe('ok')
    expect(await refusal(reader.token, { anyOf: ['write:contacts', 'write:*'] })).toBe('forbidden')
    expect(await refusal(reader.token, { anyOf: [] }), 'Of nothing one can have nothing').toBe('forbidden')
  })

  test('of an environment that the host does not accept is refused', async () => {
    const { leadhooks } = open({ apiKeys: { environments: ['live'] } })
    const { token } = await create(leadhooks, { environment: 'test' })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: false, reason: 'wrong_environment' })
  })
})

describe('a rotation', () => {
  test('lets the former token work until exactly the end of its grace, with all that the key has', async () => {
    const { leadhooks, clock } = open({ apiKeys: { prefix: 'sk' } })
    const made = await create(leadhooks, {
      permissions: ['read:contacts'],
      allowedIps: ['10.0.0.0/8'],
      tags: ['a'],
    })
    await leadhooks.apiKeys.verify(made.token)
    const rotated = await leadhooks.apiKeys.rotate({ ...idsOf(made.apiKey), graceSeconds: 60 })
    expect(rotated.token).toMatch(/^sk_live_/)
    expect(rotated.apiKey).toMatchObject({ id: made.apiKey.id, permissions: ['read:contacts'], tags: ['a'] })
    expect(rotated.apiKey.graceEndsAt).toEqual(new Date(clock.now() + 60_000))
    const verify = (token: string) => leadhooks.apiKeys.verify(token, { ip: '10.0.0.1' })
    expect(await verify(rotated.token)).toMatchObject({ ok: true })
    await clock.advance(59_999)
    expect(await verify(made.token)).toMatchObject({ ok: true })
    await clock.advance(1)
    expect(await verify(made.token)).toMatchObject({ ok: false, reason: 'expired' })
    expect(await verify(rotated.token)).toMatchObject({ ok: true })
  })

  test('never lets the former token outlive its own expiry', async () => {
    const { leadhooks, clock } = open()
    const made = await create(leadhooks, { expiresAt: new Date(clock.now() + 10_000) })
    await leadhooks.apiKeys.rotate({ ...idsOf(made.apiKey), graceSeconds: 3600 })
    await leadhooks.apiKeys.update({ ...idsOf(made.apiKey), expiresAt: null })
    await clock.advance(10_000)
    expect(await leadhooks.apiKeys.verify(made.token)).toMatchObject({ ok: false, reason: 'expired' })
  })

  test('without a grace ends the former token at once', async () => {
    const { leadhooks } = open()
    const made = await create(leadhooks)
    await leadhooks.apiKeys.verify(made.token)
    const { token } = await leadhooks.apiKeys.regenerate(made.apiKey)
    expect(await leadhooks.apiKeys.verify(made.token)).toMatchObject({ ok: false, reason: 'expired' })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
  })

  test('of a revoked key is refused', async () => {
    const { leadhooks } = open()
    const { apiKey } = await create(leadhooks)
    await leadhooks.apiKeys.revoke(apiKey)
    await expect(leadhooks.apiKeys.rotate(idsOf(apiKey))).rejects.toMatchObject({ code: 'conflict' })
    await expect(leadhooks.apiKeys.rotate({ ...idsOf(apiKey), id: 'key_x' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('the cache', () => {
  test('hears at once of a key that was revoked here', async () => {
    const { leadhooks } = open()
    const keys = await Promise.all([create(leadhooks, { tags: ['leaked'] }), create(leadhooks)])
    for (const { token } of keys) await leadhooks.apiKeys.verify(token)
    const revoked = await leadhooks.apiKeys.revokeMany({
      organizationId: 'acme',
      tag: 'leaked',
      reason: 'on GitHub',
    })
    expect(revoked.map(({ id }) => id)).toEqual([keys[0].apiKey.id])
    expect(await leadhooks.apiKeys.verify(keys[0].token)).toMatchObject({ ok: false, reason: 'revoked' })
    expect(await leadhooks.apiKeys.verify(keys[1].token)).toMatchObject({ ok: true })
  })

  test('keeps nothing for longer than a second where changes elsewhere cannot be heard of', async () => {
    const { leadhooks, clock, storage } = open()
    const { token, apiKey } = await create(leadhooks)
    await leadhooks.apiKeys.verify(token)
    await storage.revokeApiKey(apiKey, { revokedAt: new Date(), reason: null })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
    await clock.advance(1000)
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: false, reason: 'revoked' })
  })

  test('counts a second from when the reading began: a slow answer may be old, and a clock set back makes it no younger', async () => {
    const { storage: right } = open()
    let delayMs = 900
    const { leadhooks, clock } = open(
      {},
      {
        ...right,
        async findApiKeyByHash(hashes) {
          const found = await right.findApiKeyByHash(hashes)
          await clock.advance(delayMs)
          return found
        },
      },
    )
    const { token, apiKey } = await create(leadhooks)
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
    await right.revokeApiKey(apiKey, { revokedAt: new Date(), reason: null })
    await clock.advance(100)
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: false, reason: 'revoked' })

    delayMs = 0
    const other = await create(leadhooks)
    expect(await leadhooks.apiKeys.verify(other.token)).toMatchObject({ ok: true })
    await right.revokeApiKey(other.apiKey, { revokedAt: new Date(), reason: null })
    await clock.advance(-3_600_000)
    expect(await leadhooks.apiKeys.verify(other.token)).toMatchObject({ ok: false, reason: 'revoked' })
  })

  test('has nobody wait for a reading that began more than a second ago', async () => {
    const { storage: right } = open()
    const answers: (() => void)[] = []
    const { leadhooks, clock } = open(
      {},
      {
        ...right,
        async findApiKeyByHash(hashes) {
          const found = await right.findApiKeyByHash(hashes)
          await new Promise<void>((resolve) => answers.push(resolve))
          return found
        },
      },
    )
    const { token, apiKey } = await create(leadhooks)
    const first = leadhooks.apiKeys.verify(token)
    await clock.advance(0)
    await right.revokeApiKey(apiKey, { revokedAt: new Date(), reason: null })
    await clock.advance(1000)
    const second = leadhooks.apiKeys.verify(token)
    await clock.advance(0)
    for (const answer of answers) answer()
    expect(await first).toMatchObject({ ok: true })
    expect(await second).toMatchObject({ ok: false, reason: 'revoked' })
  })

  test('keeps its word where those who tell of changes fail or hang, and a change waits a second for them at most', async () => {
    const { watchApiKeys: watch } = fakeWatch()
    const publishes = [
      async () => Promise.reject(new Error('Redis is gone')),
      async () => new Promise<void>(() => {}),
    ]
    for (const publish of publishes) {
      const { storage } = open()
      const changes = { publish, watch }
      const [here, there] = [open({ apiKeys: { changes } }, storage), open({ apiKeys: { changes } }, storage)]
      const tags = ['leaked']
      const { token, apiKey } = await create(here.leadhooks)
      const many = await Promise.all([1, 2, 3].map(async () => create(here.leadhooks, { tags })))
      const tokens = [token, ...many.map((made) => made.token)]
      for (const known of tokens)
        expect(await there.leadhooks.apiKeys.verify(known)).toMatchObject({ ok: true })
      const revoked = [
        here.leadhooks.apiKeys.revoke(apiKey),
        here.leadhooks.apiKeys.revokeMany({ organizationId: 'acme', tag: 'leaked' }),
      ]
      await here.clock.advance(1000)
      await Promise.all(revoked)
      await there.clock.advance(1000)
      for (const known of tokens)
        expect(await there.leadhooks.apiKeys.verify(known)).toMatchObject({ ok: false, reason: 'revoked' })
    }
  })

  test('answers nothing while it cannot be sure to have heard of every change', async () => {
    const { state, watchApiKeys } = fakeWatch()
    const { leadhooks, reads } = open({}, { watchApiKeys })
    const { token } = await create(leadhooks)
    await leadhooks.apiKeys.verify(token)
    await leadhooks.apiKeys.verify(token)
    expect(reads()).toBe(1)
    state.isCurrent = false
    await leadhooks.apiKeys.verify(token)
    await leadhooks.apiKeys.verify(token)
    expect(reads()).toBe(3)
    state.isCurrent = true
    await leadhooks.apiKeys.verify(token)
    expect(reads()).toBe(3)
  })

  test('forgets a key, or all of them, when it is told to', async () => {
    const { state, watchApiKeys } = fakeWatch()
    const { leadhooks, reads } = open({}, { watchApiKeys })
    const [first, second] = [await create(leadhooks), await create(leadhooks)]
    const verifyBoth = async (): Promise<void> => {
      await leadhooks.apiKeys.verify(first.token)
      await leadhooks.apiKeys.verify(second.token)
    }
    await verifyBoth()
    state.tell(first.apiKey.id)
    await verifyBoth()
    expect(reads()).toBe(3)
    state.tell(null)
    await verifyBoth()
    expect(reads()).toBe(5)
  })

  test('never serves what is stale while it reads anew, and ends each entry after its lifetime', async () => {
    const { watchApiKeys } = fakeWatch()
    const { leadhooks, clock, reads } = open({ apiKeys: { cache: { lifetimeMs: 5000 } } }, { watchApiKeys })
    const { token } = await create(leadhooks)
    await leadhooks.apiKeys.verify(token)
    await clock.advance(4999)
    await leadhooks.apiKeys.verify(token)
    expect(reads()).toBe(1)
    await clock.advance(1)
    await leadhooks.apiKeys.verify(token)
    expect(reads()).toBe(2)
  })

  test('does not keep what was read before a change that came meanwhile', async () => {
    const { storage: right } = open()
    let goOn = (): void => {}
    let hasRead = (): void => {}
    const reading = new Promise<void>((resolve) => (hasRead = resolve))
    const slow: Partial<Storage> = {
      ...right,
      async findApiKeyByHash(hashes) {
        const found = await right.findApiKeyByHash(hashes)
        hasRead()
        await new Promise<void>((resolve) => (goOn = resolve))
        return found
      },
    }
    const { leadhooks } = open({}, slow)
    const { token, apiKey } = await create(leadhooks)
    const first = leadhooks.apiKeys.verify(token)
    await reading
    await leadhooks.apiKeys.revoke(apiKey)
    goOn()
    await first
    const second = leadhooks.apiKeys.verify(token)
    await new Promise(setImmediate)
    goOn()
    expect(await second).toMatchObject({ ok: false, reason: 'revoked' })
  })

  test('that is off reads each time', async () => {
    const { leadhooks, reads } = open({ apiKeys: { cache: { mostKeys: 0 } } })
    const { token } = await create(leadhooks)
    for (let i = 0; i < 3; i++) await leadhooks.apiKeys.verify(token)
    expect(reads()).toBe(3)
  })

  test('keeps no failure of the storage', async () => {
    let isBroken = true
    const { storage } = open()
    const { leadhooks } = open(
      {},
      {
        ...storage,
        async findApiKeyByHash(hashes) {
          if (isBroken) throw new Error('gone')
          return storage.findApiKeyByHash(hashes)
        },
      },
    )
    const { token } = await create(leadhooks)
    await expect(leadhooks.apiKeys.verify(token)).rejects.toThrow('gone')
    isBroken = false
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
  })
})

describe('rate limits of a key', () => {
  const twoPerMinute = { name: 'minute', limit: 2, windowMs: 60_000 }

  test('count after all else is found good, and a refused request costs nothing', async () => {
    const { leadhooks, clock } = open({ rateLimits: { perKey: [twoPerMinute] } })
    const { token } = await create(leadhooks, { permissions: ['read:contacts'] })
    for (let i = 0; i < 5; i++)
      expect(await leadhooks.apiKeys.verify(token, { permissions: ['write:contacts'] })).toMatchObject({
        reason: 'forbidden',
      })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({
      ok: true,
      limits: { limits: [{ remaining: 1 }] },
    })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({
      ok: true,
      limits: { limits: [{ remaining: 0 }] },
    })
    const refused = await leadhooks.apiKeys.verify(token)
    expect(refused).toMatchObject({ ok: false, reason: 'rate_limited', limits: { allowed: false } })
    const wait = !refused.ok && refused.reason === 'rate_limited' ? refused.limits.retryAfterMs : 0
    for (let i = 0; i < 5; i++) await leadhooks.apiKeys.verify(token)
    await clock.advance(wait)
    expect(await leadhooks.apiKeys.verify(token), 'At the time that was told').toMatchObject({ ok: true })
  })

  test('are its own where it has some, at once when they are changed, and none where it has an empty list', async () => {
    const { leadhooks } = open({ rateLimits: { perKey: [twoPerMinute] } })
    const { apiKey, token } = await create(leadhooks, { rateLimits: [{ ...twoPerMinute, limit: 1 }] })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: false, reason: 'rate_limited' })
    await leadhooks.apiKeys.update({ ...idsOf(apiKey), rateLimits: [{ ...twoPerMinute, limit: 3 }] })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
    await leadhooks.apiKeys.update({ ...idsOf(apiKey), rateLimits: [] })
    for (let i = 0; i < 5; i++)
      expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true, limits: undefined })
  })

  test('hold for the whole organization beside those of each key', async () => {
    const { leadhooks } = open({ rateLimits: { perOrganization: { ...twoPerMinute, name: 'organization' } } })
    const [a, b] = [await create(leadhooks), await create(leadhooks)]
    const other = await create(leadhooks, { organizationId: 'globex' })
    expect(await leadhooks.apiKeys.verify(a.token)).toMatchObject({ ok: true })
    expect(await leadhooks.apiKeys.verify(b.token)).toMatchObject({ ok: true })
    expect(await leadhooks.apiKeys.verify(b.token)).toMatchObject({ ok: false, reason: 'rate_limited' })
    expect(await leadhooks.apiKeys.verify(other.token)).toMatchObject({ ok: true })
  })

  test('take the cost of a request, which no limit may be below', async () => {
    const { leadhooks } = open({ rateLimits: { perKey: [twoPerMinute] } })
    const { token } = await create(leadhooks)
    await expect(leadhooks.apiKeys.verify(token, { cost: 3 })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    await expect(leadhooks.apiKeys.verify(token, { cost: -1 })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    expect(await leadhooks.apiKeys.verify(token, { cost: 2 })).toMatchObject({ ok: true })
    expect(await leadhooks.apiKeys.verify(token, { cost: 0 })).toMatchObject({ ok: true })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ reason: 'rate_limited' })
  })
})

describe('peppers', () => {
  const p1 = { id: 'p1', secret: 'a pepper of sixteen' }
  const p2 = { id: 'p2', secret: 'another pepper of it' }

  test('can be introduced and rotated: tokens of before are found by one reading, and kept under the first', async () => {
    const state = emptyState()
    const storage = storageOver(state) as Storage
    const hashes = (): string[] => [...state.apiKeyTokens.keys()]
    const { token } = await create(open({}, storage).leadhooks)
    expect(hashes()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
    for (const [peppers, prefix] of [
      [[p1], 'p1.'],
      [[p2, p1], 'p2.'],
    ] as const) {
      const { leadhooks } = open({ apiKeys: { peppers } }, storage)
      expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
      expect(hashes()).toEqual([expect.stringContaining(prefix)])
    }
    expect(await open({}, storage).leadhooks.apiKeys.verify(token)).toEqual({ ok: false, reason: 'unknown' })
  })
})

test('a hash that somebody wrote into the table without the pepper lets nobody in, once peppers are required', async () => {
  const storage = storageOver(emptyState()) as Storage
  const { token } = await create(open({}, storage).leadhooks)
  const peppers = [{ id: 'p1', secret: 'a pepper of sixteen' }]
  const { leadhooks } = open({ apiKeys: { peppers, requirePepper: true } }, storage)
  expect(await leadhooks.apiKeys.verify(token)).toEqual({ ok: false, reason: 'unknown' })
  const made = await create(leadhooks)
  expect(await leadhooks.apiKeys.verify(made.token)).toMatchObject({ ok: true })
  expect(() => open({ apiKeys: { requirePepper: true } }), 'Without a pepper').toThrow(/requirePepper/)
})

describe('keys of another system', () => {
  test('are verified by the host once, and are ours from then on', async () => {
    const lookups: string[] = []
    const lookup = async (token: string) => {
      lookups.push(token)
      return token === 'old_secret_token'
        ? { organizationId: 'acme', name: 'Old', permissions: ['read:contacts'] }
        : null
    }
    const { leadhooks, clock } = open({ apiKeys: { legacyKeys: [{ prefix: 'old_', lookup }] } })
    const answers = await Promise.all([1, 2, 3].map(() => leadhooks.apiKeys.verify('old_secret_token')))
    for (const answer of answers)
      expect(answer).toMatchObject({ ok: true, apiKey: { name: 'Old', start: 'old_s', last4: 'oken' } })
    await clock.advance(60_000)
    expect(
      await leadhooks.apiKeys.verify('old_secret_token', { permissions: ['write:contacts'] }),
    ).toMatchObject({
      reason: 'forbidden',
    })
    expect(lookups).toEqual(['old_secret_token'])
    expect(await leadhooks.apiKeys.verify('old_other')).toEqual({ ok: false, reason: 'unknown' })
    await leadhooks.apiKeys.verify('old_other')
    expect(lookups, 'The host is not asked about the same bad token again and again').toHaveLength(2)
    expect(await leadhooks.apiKeys.verify('new_thing')).toEqual({ ok: false, reason: 'malformed' })
    const [apiKey] = (await leadhooks.apiKeys.list({ organizationId: 'acme' })).data
    await leadhooks.apiKeys.revoke({ organizationId: 'acme', id: apiKey?.id ?? '' })
    expect(
      await leadhooks.apiKeys.verify('old_secret_token'),
      'A key that was revoked is not taken over again',
    ).toMatchObject({
      ok: false,
      reason: 'revoked',
    })
  })

  test('that the host describes wrongly are a fault of the host', async () => {
    const lookup = async () => ({ organizationId: 'acme', name: 'Old', role: 'boss' as never })
    const { leadhooks } = open({ apiKeys: { legacyKeys: [{ prefix: 'old_', lookup }] } })
    await expect(leadhooks.apiKeys.verify('old_secret_token')).rejects.toMatchObject({
      code: 'invalid_options',
      status: 500,
      message: expect.stringMatching(/lookup of `legacyKeys`.*role/) as string,
    })
  })
})

describe('the use of a key', () => {
  test('is written in batches: ten thousand requests make one write, with the last of them', async () => {
    const { leadhooks, clock, writes, storage } = open()
    const { token, apiKey } = await create(leadhooks)
    for (let i = 0; i < 10_000; i++)
      await leadhooks.apiKeys.verify(token, {
        ip: '203.0.113.9',
        userAgent: 'curl/8',
        route: 'GET /contacts',
      })
    await clock.advance(2000)
    expect(writes()).toBe(1)
    expect(await storage.findApiKey(apiKey)).toMatchObject({
      lastUsedAt: new Date(clock.now() - 2000),
      lastUsedIp: '203.0.113.9',
      lastUsedUserAgent: 'curl/8',
    })
    await clock.advance(60_000)
    expect(writes(), 'Nothing to write, nothing written').toBe(1)
  })

  test('is not lost when the process ends right after it', async () => {
    const { leadhooks, storage } = open()
    const { token, apiKey } = await create(leadhooks)
    await leadhooks.apiKeys.verify(token)
    await leadhooks.close()
    expect((await storage.findApiKey(apiKey))?.lastUsedAt).not.toBeNull()
  })

  test('is not lost when the storage is away for a while', async () => {
    let isBroken = true
    const { storage } = open()
    const broken: Partial<Storage> = {
      ...storage,
      async recordApiKeyUsage(uses, counts) {
        if (isBroken) throw new Error('gone')
        return storage.recordApiKeyUsage(uses, counts)
      },
    }
    const { leadhooks, clock } = open({}, broken)
    const { token, apiKey } = await create(leadhooks)
    await leadhooks.apiKeys.verify(token)
    await clock.advance(2000)
    await leadhooks.apiKeys.verify(token)
    isBroken = false
    await clock.advance(4000)
    const usage = await leadhooks.apiKeys.usage({ ...idsOf(apiKey), interval: 'minute' })
    expect(usage.total).toBe(2)
  })

  test('is counted by outcome and route, for every interval of the range', async () => {
    const { leadhooks, clock } = open()
    const { token, apiKey } = await create(leadhooks, { permissions: ['read:contacts'] })
    const from = new Date(clock.now())
    for (const [route, permissions] of [
      ['GET /contacts', ['read:contacts']],
      ['GET /contacts', ['read:contacts']],
      ['POST /contacts', ['write:contacts']],
    ] as const)
      await leadhooks.apiKeys.verify(token, { route, permissions })
    await clock.advance(3 * 3_600_000)
    await leadhooks.apiKeys.verify(token)
    await clock.advance(2000)
    const usage = await leadhooks.apiKeys.usage({ ...idsOf(apiKey), interval: 'hour', from })
    expect(usage.points.map(({ total }) => total)).toEqual([3, 0, 0, 1])
    expect(usage.points[0]).toMatchObject({
      byOutcome: { ok: 2, forbidden: 1, rate_limited: 0 },
      byRoute: { 'GET /contacts': 2, 'POST /contacts': 1 },
    })
    expect(usage.total).toBe(4)
  })

  test('of a thousand routes is kept as a hundred and others', async () => {
    const { leadhooks, clock } = open()
    const { token, apiKey } = await create(leadhooks)
    for (let i = 0; i < 1000; i++) await leadhooks.apiKeys.verify(token, { route: `GET /contacts/${i}` })
    await clock.advance(2000)
    const { points } = await leadhooks.apiKeys.usage({ ...idsOf(apiKey), interval: 'minute' })
    const routes = points.at(-1)?.byRoute ?? {}
    expect(Object.keys(routes)).toHaveLength(101)
    expect(routes['(other)']).toBe(900)
  })

  test('is asked for in a range that makes sense', async () => {
    const { leadhooks } = open()
    const { apiKey } = await create(leadhooks)
    const refused = { code: 'invalid_request', issues: [{ pointer: '/from' }] }
    const to = new Date('2026-01-02T00:00:00Z')
    await expect(leadhooks.apiKeys.usage({ ...idsOf(apiKey), from: to, to })).rejects.toMatchObject(refused)
    const from = new Date('2016-01-02T00:00:00Z')
    await expect(leadhooks.apiKeys.usage({ ...idsOf(apiKey), from, to })).rejects.toMatchObject(refused)
    const stranger = { organizationId: 'globex', id: apiKey.id }
    await expect(leadhooks.apiKeys.usage(stranger)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a key is not made', () => {
  test.each([
    [{ allowedIps: ['10.0.0.0/8', '10.0.0.999'] }, '/allowedIps/1', /"10\.0\.0\.999"/],
    [{ permissions: ['read:contcats'] }, '/permissions/0', /"contcats".*there are .*"contacts"/],
    [{ rateLimits: [{ name: 'a', limit: 0, windowMs: 1000 }] }, '/rateLimits/0/limit', /.+/],
    [{ rateLimits: [{ name: 'a', limit: 1, windowMs: 0 }] }, '/rateLimits/0/windowMs', /.+/],
    [{ rateLimits: [{ name: 'a', limit: Number.NaN, windowMs: 1000 }] }, '/rateLimits/0/limit', /.+/],
    [{ metadata: { note: 'a\u0000b' } }, '/metadata', /NUL/],
    [{ metadata: { note: 'x'.repeat(5000) } }, '/metadata', /4096/],
    [{ rotateEveryDays: 0 }, '/rotateEveryDays', /.+/],
    [{ tags: [''] }, '/tags/0', /.+/],
  ])('with %j', async (changes, pointer, message) => {
    const { leadhooks } = open({ apiKeys: { resources: ['contacts'] } })
    await expect(create(leadhooks, changes as never)).rejects.toMatchObject({
      code: 'invalid_request',
      issues: [{ pointer, message: expect.stringMatching(message) }],
    })
    expect((await leadhooks.apiKeys.list({ organizationId: 'acme' })).data).toEqual([])
  })

  test('that would live for ever where the host says how long keys live', async () => {
    const { leadhooks, clock } = open({ apiKeys: { defaultExpiresInDays: 90 } })
    expect((await create(leadhooks)).apiKey.expiresAt).toEqual(new Date(clock.now() + 90 * 86_400_000))
    expect((await create(leadhooks, { expiresAt: null })).apiKey.expiresAt).toBeNull()
  })
})

test('keys that nobody has used for long, and those that expire soon, are listed', async () => {
  const { leadhooks, clock } = open()
  const old = await create(leadhooks, { name: 'old' })
  const ending = await create(leadhooks, {
    name: 'ending',
    expiresAt: new Date(clock.now() + 40 * 86_400_000),
  })
  await clock.advance(31 * 86_400_000)
  await leadhooks.apiKeys.verify(ending.token)
  await create(leadhooks, { name: 'new' })
  await clock.advance(2000)
  const names = async (filter: object): Promise<string[]> =>
    (await leadhooks.apiKeys.list({ organizationId: 'acme', ...filter })).data.map(({ name }) => name)
  expect(await names({ unusedForDays: 30 })).toEqual([old.apiKey.name])
  expect(await names({ expiresWithinDays: 10 })).toEqual(['ending'])
  expect(await names({ expiresWithinDays: 5 })).toEqual([])
})
