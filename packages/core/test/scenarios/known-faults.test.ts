// Each test is named after a fault that a library for API keys or rate limits had, and that is not to be found here.
import { describe, expect, test } from 'vitest'
import { createLeadhooks } from '../../src/create-leadhooks.ts'
import type { Leadhooks } from '../../src/leadhooks.ts'
import type { LeadhooksOptions } from '../../src/options.ts'
import { memoryRateLimiter } from '../../src/rate-limit/memory-rate-limiter.ts'
import { storageOver } from '../../src/storage/memory-storage.ts'
import { emptyState } from '../../src/storage/memory-state.ts'
import type { Storage } from '../../src/storage/storage.ts'
import { type FakeClock, fakeClock } from '../../src/testing/fake-clock.ts'

interface Opened {
  leadhooks: Leadhooks
  clock: FakeClock
  /** The names of the methods of the storage that were called. */
  calls: string[]
}

function open(options: Partial<LeadhooksOptions> = {}): Opened {
  const clock = fakeClock()
  const calls: string[] = []
  const storage = new Proxy<Storage>(storageOver(emptyState()), {
    get(target, name: keyof Storage) {
      const method: unknown = target[name]
      if (typeof method !== 'function') return method
      return (...args: unknown[]): unknown => {
        calls.push(name)
        return Reflect.apply(method, target, args)
      }
    },
  })
  const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
  const leadhooks: Leadhooks = createLeadhooks({ storage, encryptionKeys, clock, ...options })
  return { leadhooks, clock, calls }
}

const organizationId = 'acme'
const hourly = { name: 'hourly', limit: 5, windowMs: 3_600_000 }

describe('better-auth', () => {
  test('every check of a key is one select and two updates', async () => {
    const { leadhooks, calls } = open({ rateLimits: { perKey: [{ ...hourly, limit: 1000 }] } })
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    calls.length = 0
    for (let i = 0; i < 100; i++) await leadhooks.apiKeys.verify(token)
    expect(calls).toEqual(['findApiKeyByHash'])
  })

  test('steady traffic at half the limit is denied in the end, since each request puts the reset off', async () => {
    const { leadhooks, clock } = open({
      rateLimits: { perKey: [{ name: 'second', limit: 5, windowMs: 1000 }] },
    })
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    for (let i = 0; i < 50; i++) {
      expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
      await clock.advance(400)
    }
  })

  test('one request counts twice', async () => {
    const { leadhooks } = open({ rateLimits: { perKey: [hourly] } })
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x', role: 'admin' })
    const request = new Request('https://crm.example/keys', { headers: { 'x-api-key': token } })
    const response = await leadhooks.fetch(request)
    expect(response.headers.get('x-ratelimit-remaining')).toBe('4')
  })

  test('a check deletes the key that has expired', async () => {
    const { leadhooks, clock } = open()
    const expiresAt = new Date(clock.now() + 1000)
    const { token, apiKey } = await leadhooks.apiKeys.create({ organizationId, name: 'x', expiresAt })
    await clock.advance(1000)
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: false, reason: 'expired' })
    expect(await leadhooks.apiKeys.get({ organizationId, id: apiKey.id })).toMatchObject({ expiresAt })
  })

  test('a key that is switched off or has expired passes by another branch', async () => {
    const { leadhooks, clock } = open({ rateLimits: { perKey: [{ ...hourly, limit: 1 }] } })
    const { token, apiKey } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    await leadhooks.apiKeys.verify(token)
    await leadhooks.apiKeys.disable({ organizationId, id: apiKey.id })
    for (let i = 0; i < 3; i++) {
      expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: false, reason: 'disabled' })
      await clock.advance(3_600_000)
    }
  })

  test('keys of before are refused after the prefix was changed in the options', async () => {
    const state = emptyState()
    const first = open({ storage: storageOver(state) })
    const { token } = await first.leadhooks.apiKeys.create({ organizationId, name: 'x' })
    const second = open({
      storage: storageOver(state),
      // What was our own prefix is a legacy one now, whose hashes are ours already.
      apiKeys: { prefix: 'sk', legacyKeys: [{ prefix: 'lh_', lookup: () => null }] },
    })
    expect(await second.leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
  })

  test('a request over the limit looks like one with a bad key', async () => {
    const { leadhooks } = open({ rateLimits: { perKey: [{ ...hourly, limit: 1 }] } })
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x', role: 'admin' })
    const get = async (): Promise<Response> =>
      leadhooks.fetch(new Request('https://crm.example/keys', { headers: { 'x-api-key': token } }))
    expect((await get()).status).toBe(200)
    const refused = await get()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('anyone makes keys for anyone', async () => {
    const { leadhooks } = open()
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x', role: 'admin' })
    const { apiKey: foreign } = await leadhooks.apiKeys.create({ organizationId: 'globex', name: 'y' })
    const call = async (method: string, path: string, body?: object): Promise<number> => {
      const headers = { 'x-api-key': token, 'content-type': 'application/json' }
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
      return (await leadhooks.fetch(new Request(`https://crm.example${path}`, init))).status
    }
    expect(await call('POST', '/keys', { name: 'z', organizationId: 'globex' })).toBe(400)
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/usage'],
    ] as const)
      expect(await call(method, `/keys/${foreign.id}${path}`)).toBe(404)
    expect(await call('POST', `/keys/${foreign.id}/rotate`, {})).toBe(404)
    expect(await call('PATCH', `/keys/${foreign.id}`, { enabled: false })).toBe(404)
  })
})

describe('Unkey', () => {
  test('the prefix is cut at its first underscore when a key is rotated', async () => {
    const { leadhooks } = open({ apiKeys: { prefix: 'sk' } })
    const { apiKey } = await leadhooks.apiKeys.create({ organizationId, name: 'x', environment: 'test' })
    const { token } = await leadhooks.apiKeys.rotate({ organizationId, id: apiKey.id })
    expect(token).toMatch(/^sk_test_/)
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
  })

  test('of several limits the earlier ones are charged for what a later one denies', async () => {
    const wide = { ...hourly, name: 'wide', limit: 10 }
    const { leadhooks } = open({ rateLimits: { perKey: [wide, { ...hourly, limit: 1 }] } })
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    await leadhooks.apiKeys.verify(token)
    for (let i = 0; i < 5; i++) await leadhooks.apiKeys.verify(token)
    const refused = await leadhooks.apiKeys.verify(token)
    expect(refused).toMatchObject({ limits: { limits: [{ name: 'wide', allowed: true, remaining: 9 }, {}] } })
  })

  test('a CIDR in the allow-list matches nothing', async () => {
    const { leadhooks } = open()
    const { token } = await leadhooks.apiKeys.create({
      organizationId,
      name: 'x',
      allowedIps: ['10.0.0.0/8'],
    })
    expect(await leadhooks.apiKeys.verify(token, { ip: '10.200.3.4' })).toMatchObject({ ok: true })
  })

  test('the client’s address is the leftmost of X-Forwarded-For, which the client itself writes', async () => {
    const { leadhooks } = open({ trustedProxies: ['192.0.2.1'] })
    const made = await leadhooks.apiKeys.create({
      organizationId,
      name: 'x',
      role: 'admin',
      allowedIps: ['10.0.0.1'],
    })
    const get = async (forwardedFor: string): Promise<number> => {
      const headers = { 'x-api-key': made.token, 'x-forwarded-for': forwardedFor }
      const request = new Request('https://crm.example/keys', { headers })
      return (await leadhooks.fetch(request, { clientAddress: '192.0.2.1' })).status
    }
    expect(await get('10.0.0.1, 198.51.100.7')).toBe(403)
    expect(await get('198.51.100.7, 10.0.0.1')).toBe(200)
  })

  test('a wildcard in a permission is taken literally', async () => {
    const { leadhooks } = open()
    const { token } = await leadhooks.apiKeys.create({
      organizationId,
      name: 'x',
      permissions: ['*:documents'],
    })
    expect(await leadhooks.apiKeys.verify(token, { permissions: ['read:documents'] })).toMatchObject({
      ok: true,
    })
  })
})

describe('rate-limiter-flexible', () => {
  test('a window of more than 24.8 days is none, since the timer overflows', async () => {
    const { leadhooks, clock } = open({
      rateLimits: { perKey: [{ name: 'monthly', limit: 1, windowMs: 30 * 86_400_000 }] },
    })
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
    await clock.advance(60_000)
    for (let i = 0; i < 4; i++)
      expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ reason: 'rate_limited' })
  })
})

describe('express-rate-limit', () => {
  test('one who has a whole IPv6 network has a limit for each of its addresses', async () => {
    const { leadhooks } = open({ rateLimits: { perKey: [{ ...hourly, limit: 2 }] } })
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    const answers: boolean[] = []
    for (const ip of ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1', '::ffff:192.0.2.1'])
      answers.push((await leadhooks.apiKeys.verify(token, { ip })).ok)
    expect(answers).toEqual([true, true, false, false])
  })

  test('IPv4 addresses in IPv6 form are all one, and IPv6 addresses with a dotted end are taken for IPv4', async () => {
    const { leadhooks } = open()
    const verified = async (allowedIps: string[], ip: string): Promise<boolean> => {
      const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x', allowedIps })
      return (await leadhooks.apiKeys.verify(token, { ip })).ok
    }
    expect(await verified(['192.0.2.1'], '::ffff:192.0.2.1')).toBe(true)
    expect(await verified(['192.0.2.1'], '::ffff:192.0.2.2')).toBe(false)
    expect(await verified(['192.0.2.1'], '2001:db8::192.0.2.1')).toBe(false)
    expect(await verified(['2001:db8::c000:201'], '2001:db8::192.0.2.1')).toBe(true)
  })

  test('behind a proxy all clients are one, or are what they say they are', async () => {
    const { leadhooks } = open({ trustedProxies: ['192.0.2.1'] })
    const made = { organizationId, name: 'x', role: 'admin', allowedIps: ['198.51.100.7'] } as const
    const { token } = await leadhooks.apiKeys.create({ ...made, allowedIps: [...made.allowedIps] })
    const get = async (forwardedFor: string, clientAddress: string): Promise<number> => {
      const headers = { 'x-api-key': token, 'x-forwarded-for': forwardedFor }
      return (await leadhooks.fetch(new Request('https://crm.example/keys', { headers }), { clientAddress }))
        .status
    }
    expect(await get('198.51.100.7', '192.0.2.1'), 'By the trusted proxy').toBe(200)
    expect(await get('198.51.100.7', '203.0.113.5'), 'By anyone else').toBe(403)
  })
})

describe('@fastify/rate-limit', () => {
  test('a flood of others pushes the count of one out of the memory, and it starts anew', async () => {
    const limiter = memoryRateLimiter()
    const check = { ...hourly, key: 'busy', limit: 1 }
    expect(limiter.consume([check], { cost: 1 }).allowed).toBe(true)
    for (let i = 0; i < 20_000; i++) limiter.consume([{ ...check, key: `other_${i}` }], { cost: 1 })
    expect(limiter.consume([check], { cost: 1 }).allowed).toBe(false)
  })
})

describe('libraries with fixed windows', () => {
  test('twice the limit gets through around the end of a window', async () => {
    const { leadhooks, clock } = open({
      rateLimits: { perKey: [{ name: 'minute', limit: 10, windowMs: 60_000 }] },
    })
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    const burst = async (): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => leadhooks.apiKeys.verify(token)))
      return answers.filter(({ ok }) => ok).length
    }
    await clock.advance(59_000)
    expect(await burst()).toBe(10)
    await clock.advance(2000)
    expect(await burst(), 'Two seconds later, in the next window').toBeLessThanOrEqual(1)
  })
})

describe('elsewhere', () => {
  test('a key that is used once only is never seen as used', async () => {
    const { leadhooks, clock } = open()
    const { token, apiKey } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    await leadhooks.apiKeys.verify(token)
    await clock.advance(2000)
    const used = await leadhooks.apiKeys.get({ organizationId, id: apiKey.id })
    expect(used.lastUsedAt).not.toBeNull()
  })

  test('a sliding window that counts refused requests never lets a busy client in again', async () => {
    const { leadhooks, clock } = open({
      rateLimits: { perKey: [{ name: 'second', limit: 20, windowMs: 1000 }] },
    })
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    let letIn = 0
    // Twice as many requests as the limit allows.
    for (let ms = 0; ms < 10_000; ms += 25) {
      if ((await leadhooks.apiKeys.verify(token)).ok) letIn++
      await clock.advance(25)
    }
    expect(letIn).toBeGreaterThanOrEqual(180)
  })

  test('the first characters of a token that are shown are those that all tokens share', async () => {
    const { leadhooks } = open()
    const { apiKey, token } = await leadhooks.apiKeys.create({ organizationId, name: 'x' })
    expect(apiKey.start).toBe(token.slice(0, 'lh_live_'.length + 4))
  })
})
