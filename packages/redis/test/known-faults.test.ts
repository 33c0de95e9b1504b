// Each test is named after a fault that a library for rate limits had, and that is not to be found here.
import { redisRateLimiter } from '@leadhooks/redis'
import { describe, expect, test } from 'vitest'
import { limit, once, patient } from './limits.ts'
import { openOwn, openShared } from './open.ts'

describe('rate-limiter-flexible', () => {
  test('a window of less than a second blocks for ever, since its key has no end', async () => {
    const { client, prefix } = await openShared()
    const limiter = redisRateLimiter({ client, prefix, ...patient })
    const check = limit({ limit: 1, windowMs: 500 })
    for (let i = 0; i < 3; i++) await limiter.consume([check], once)
    const [key = ''] = await client.keys(`${prefix}*`)
    const endsInMs = await client.pttl(key)
    expect(endsInMs).toBeGreaterThan(0)
    expect(endsInMs).toBeLessThanOrEqual(1000)
  })

  test('an outage looks like a refusal, after half a minute in the queue of the client', async () => {
    const { client, server } = await openOwn()
    const limiter = redisRateLimiter({ client })
    await limiter.consume([limit()], once)
    await server.stop()
    const startedAt = performance.now()
    expect(await limiter.consume([limit()], once)).toMatchObject({ allowed: true, degraded: true })
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })

  test('the client is known by the name of its class', async () => {
    const { client, prefix } = await openShared()
    const wrapped = { evalsha: client.evalsha.bind(client), eval: client.eval.bind(client) }
    const limiter = redisRateLimiter({ client: wrapped, prefix, ...patient })
    expect(await limiter.consume([limit()], once)).toMatchObject({ allowed: true, degraded: false })
  })
})

describe('@upstash/ratelimit', () => {
  test('keys of a sliding window stay for ever', async () => {
    const { client, prefix } = await openShared()
    const limiter = redisRateLimiter({ client, prefix, ...patient })
    await limiter.consume([limit()], once)
    const [key = ''] = await client.keys(`${prefix}*`)
    expect(await client.pttl(key)).toBeGreaterThan(60_000)
  })

  test('a refused call is charged all the same, and a bucket that is nearly empty gives more than it has', async () => {
    const { client, prefix } = await openShared()
    const limiter = redisRateLimiter({ client, prefix, ...patient })
    for (const algorithm of ['sliding-window', 'token-bucket'] as const) {
      const check = limit({ algorithm, windowMs: 3_600_000 })
      await limiter.consume([check], { ...once, cost: 7 })
      const refused = await limiter.consume([check], { ...once, cost: 5 })
      expect(refused).toMatchObject({ allowed: false, limits: [{ remaining: 3 }] })
      expect(await limiter.consume([check], { ...once, cost: 3 })).toMatchObject({ allowed: true })
    }
  })

  test('whoever is refused stays blocked in the process until the window ends, though there is room before', async () => {
    const { client, prefix } = await openShared()
    const limiter = redisRateLimiter({ client, prefix, ...patient })
    const check = limit({ limit: 20, windowMs: 400 })
    let refusedMs = 0
    const startedAt = performance.now()
    let letIn = 0
    while (performance.now() - startedAt < 2000) {
      const decision = await limiter.consume([check], once)
      if (decision.allowed) letIn++
      else refusedMs = Math.max(refusedMs, decision.retryAfterMs)
    }
    expect(refusedMs).toBeLessThanOrEqual(400)
    expect(letIn, 'Most of what the limit allows in that time').toBeGreaterThan(60)
    expect(letIn, 'And no more than the two windows at its ends add').toBeLessThanOrEqual(140)
  })

  test('after a time-out the answer says that nothing is left of a limit of nothing', async () => {
    const { client, freeze } = await openOwn()
    const limiter = redisRateLimiter({ client })
    await limiter.consume([limit()], once)
    freeze()
    const decision = await limiter.consume([limit()], once)
    expect(decision).toMatchObject({ degraded: true, limits: [{ limit: 10, remaining: 8 }] })
  })

  test('the clock is that of the process, and one that is wrong counts in another window', async () => {
    const { client, prefix } = await openShared()
    const [one, another] = [1, 2].map(() => redisRateLimiter({ client, prefix, ...patient }))
    const { now } = Date
    try {
      await one?.consume([limit({ limit: 1 })], once)
      Date.now = () => now() + 3_600_000
      expect(await another?.consume([limit({ limit: 1 })], once)).toMatchObject({ allowed: false })
    } finally {
      Date.now = now
    }
  })
})

describe('rate-limit-redis', () => {
  test('after any error the script is sent again, and the call counts twice', async () => {
    const { client, prefix } = await openShared()
    const limiter = redisRateLimiter({
      prefix,
      ...patient,
      client: {
        // The call has counted, and its answer is lost.
        async evalsha(...args: Parameters<typeof client.evalsha>) {
          await client.eval(
            (await import('../src/limit-script.ts')).limitScript,
            ...(args.slice(1) as [number]),
          )
          throw new Error('Connection is closed.')
        },
        eval: async (...args: Parameters<typeof client.eval>) => client.eval(...args),
      },
    })
    await limiter.consume([limit()], once)
    const right = redisRateLimiter({ client, prefix, ...patient })
    expect(await right.consume([limit()], once)).toMatchObject({ limits: [{ remaining: 8 }] })
  })

  test('after a restart every call fails, since the server does not know the script', async () => {
    const { client, prefix } = await openShared()
    const limiter = redisRateLimiter({ client, prefix, ...patient })
    await limiter.consume([limit()], once)
    await client.script('FLUSH')
    expect(await limiter.consume([limit()], once)).toMatchObject({
      degraded: false,
      limits: [{ remaining: 8 }],
    })
  })
})

describe('@fastify/rate-limit', () => {
  test('further calls put off the end of the window of one who is refused', async () => {
    const { client, prefix } = await openShared()
    const limiter = redisRateLimiter({ client, prefix, ...patient })
    const check = limit({ limit: 1, windowMs: 400 })
    await limiter.consume([check], once)
    let isIn = false
    for (const startedAt = performance.now(); !isIn && performance.now() - startedAt < 5000;)
      isIn = (await limiter.consume([check], once)).allowed
    expect(isIn).toBe(true)
  })
})
