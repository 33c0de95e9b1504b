import { redisRateLimiter } from '@leadhooks/redis'
import { Cluster } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { limit, once, patient } from './limits.ts'
import { openOwn, openShared } from './open.ts'

test('no key stays behind: each has its end, whatever was asked', async () => {
  const { client, prefix } = await openShared()
  const limiter = redisRateLimiter({ client, prefix, ...patient })
  for (const algorithm of ['sliding-window', 'token-bucket'] as const)
    for (const windowMs of [100, 500, 31 * 86_400_000])
      for (let i = 0; i < 12; i++) await limiter.consume([limit({ algorithm, windowMs })], once)
  const keys = await client.keys(`${prefix}*`)
  expect(keys.length).toBeGreaterThan(1)
  for (const key of keys) expect(await client.pttl(key), key).not.toBe(-1)
})

test('all limits of a call are one command, and their keys have one tag', async () => {
  const { client, prefix } = await openShared()
  const limiter = redisRateLimiter({ client, prefix, ...patient })
  const commands: string[] = []
  const counting = {
    evalsha: async (...args: Parameters<typeof client.evalsha>) => {
      commands.push('evalsha')
      return client.evalsha(...args)
    },
    eval: async (...args: Parameters<typeof client.eval>) => client.eval(...args),
  }
  await limiter.consume([limit()], once)
  const counted = redisRateLimiter({ client: counting, prefix, ...patient })
  await counted.consume(
    [limit(), limit({ name: 'hour' }), limit({ key: 'acme', name: 'organization' })],
    once,
  )
  expect(commands).toEqual(['evalsha'])
  for (const key of await client.keys(`${prefix}*`)) expect(key).toContain('{oacme}')
})

test('a server that has forgotten its scripts is told once, and nothing is counted twice', async () => {
  const { client, prefix } = await openShared()
  const limiter = redisRateLimiter({ client, prefix, ...patient })
  const check = limit({ limit: 50 })
  for (let i = 0; i < 20; i++) {
    if (i % 5 === 0) await client.script('FLUSH')
    const decision = await limiter.consume([check], once)
    expect(decision).toMatchObject({ allowed: true, degraded: false, limits: [{ remaining: 49 - i }] })
  }
  expect(limiter.stats()).toMatchObject({ decided: 20, failures: 0 })
})

test('a failure other than that is not repeated: it may have counted', async () => {
  let calls = 0
  const fail = async (): Promise<never> => {
    calls++
    throw new Error('READONLY You can’t write against a read only replica')
  }
  const limiter = redisRateLimiter({ client: { evalsha: fail, eval: fail } })
  expect(await limiter.consume([limit()], once)).toMatchObject({ allowed: true, degraded: true })
  expect(calls).toBe(1)
})

test('whoever was refused is refused here until it can succeed; one who asks for less, or by another limit, is asked about', async () => {
  const { client, prefix } = await openShared()
  const limiter = redisRateLimiter({ client, prefix, ...patient })
  const check = limit()
  await limiter.consume([check], { ...once, cost: 8 })
  const refused = await limiter.consume([check], { ...once, cost: 5 })
  const again = await limiter.consume([check], { ...once, cost: 6 })
  expect([refused.allowed, again.allowed]).toEqual([false, false])
  expect(again.retryAfterMs).toBeLessThanOrEqual(refused.retryAfterMs)
  expect(limiter.stats()).toMatchObject({ decided: 2, remembered: 1 })
  expect(await limiter.consume([check], { ...once, cost: 2 })).toMatchObject({ allowed: true })
  expect(await limiter.consume([{ ...check, limit: 1000 }], { ...once, cost: 5 })).toMatchObject({
    allowed: true,
  })
})

test.each([
  ['local', true],
  ['allow', true],
  ['deny', false],
] as const)(
  'a Redis that has frozen keeps nobody waiting, and %s decides',
  async (onStoreError, isAllowed) => {
    const { client, freeze } = await openOwn()
    const errors: Error[] = []
    const limiter = redisRateLimiter({ client, onStoreError, onError: (error) => errors.push(error) })
    expect(await limiter.consume([limit()], once)).toMatchObject({ allowed: true, degraded: false })
    freeze()
    const startedAt = performance.now()
    const decision = await limiter.consume([limit()], once)
    const tookMs = performance.now() - startedAt
    expect(decision).toMatchObject({ allowed: isAllowed, degraded: true })
    expect(tookMs).toBeGreaterThanOrEqual(74)
    expect(tookMs, 'Its deadline and a little').toBeLessThan(250)
    expect(errors).toHaveLength(1)
    expect(limiter.stats()).toMatchObject({ decided: 1, degraded: 1, failures: 1 })
  },
)

test('after some failures in a row Redis is spared, until it answers again', async () => {
  const { client, freeze, thaw } = await openOwn()
  const limiter = redisRateLimiter({ client, deadlineMs: 20 })
  const wide = limit({ limit: 1_000_000 })
  await limiter.consume([wide], once)
  freeze()
  for (let i = 0; i < 5; i++) await limiter.consume([wide], once)
  const startedAt = performance.now()
  for (let i = 0; i < 100; i++) expect((await limiter.consume([wide], once)).degraded).toBe(true)
  expect(performance.now() - startedAt, 'None of them waits').toBeLessThan(500)
  thaw()
  await vi.waitUntil(async () => !(await limiter.consume([wide], once)).degraded, {
    timeout: 10_000,
    interval: 20,
  })
})

test('an outage is no fresh start: what Redis let through counts here too', async () => {
  const { client, server } = await openOwn()
  const limiter = redisRateLimiter({ client })
  for (let i = 0; i < 8; i++) await limiter.consume([limit()], once)
  await server.stop()
  const decisions = await Promise.all(Array.from({ length: 6 }, async () => limiter.consume([limit()], once)))
  expect(decisions.every(({ degraded }) => degraded)).toBe(true)
  expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(2)
})

test('in an outage each of several processes has its part', async () => {
  const gone = async (): Promise<never> => {
    throw new Error('gone')
  }
  const limiter = redisRateLimiter({ client: { evalsha: gone, eval: gone }, instances: 4 })
  const decisions = await Promise.all(
    Array.from({ length: 100 }, async () => limiter.consume([limit({ limit: 100 })], once)),
  )
  expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(25)
})

test('a Redis that has restarted is used again', async () => {
  const { client, server } = await openOwn()
  const limiter = redisRateLimiter({ client })
  await limiter.consume([limit()], once)
  await server.stop()
  expect(await limiter.consume([limit()], once)).toMatchObject({ degraded: true })
  await server.start()
  await vi.waitUntil(async () => !(await limiter.consume([limit({ limit: 1000 })], once)).degraded, {
    timeout: 15_000,
    interval: 50,
  })
})

test('in a cluster all limits of a call are in one place', async () => {
  const { client, server } = await openOwn({ 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' })
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  await vi.waitUntil(
    async () => ((await client.call('CLUSTER', 'INFO')) as string).includes('cluster_state:ok'),
    {
      timeout: 10_000,
    },
  )
  const cluster = new Cluster([{ host: '127.0.0.1', port: server.port }])
  onTestFinished(() => cluster.disconnect())
  const errors: Error[] = []
  const limiter = redisRateLimiter({ client: cluster, ...patient, onError: (error) => errors.push(error) })
  const checks = [limit(), limit({ key: 'acme', name: 'organization', limit: 2 })]
  const decisions = [1, 2, 3].map(async () => limiter.consume(checks, once))
  const answered = await Promise.all(decisions)
  expect(errors).toEqual([])
  expect(answered.map(({ allowed, degraded }) => [allowed, degraded])).toEqual([
    [true, false],
    [true, false],
    [false, false],
  ])
  for (const group of ['', '}', '}x', '{', 'a}b', '{}'])
    await limiter.consume([limit({ key: group }), limit({ key: `${group}2`, name: 'organization' })], {
      ...once,
      group,
    })
  expect(errors).toEqual([])
})
