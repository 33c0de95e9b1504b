import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rateLimiterConformance } from '@leadhooks/core/conformance'
import { postgresRateLimiter, postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Pool } from 'pg'
import { beforeAll, expect, onTestFinished, test } from 'vitest'

let url: string
beforeAll(async () => {
  url = await (await testPostgres()).createDatabase()
  const storage = postgresStorage({ connectionString: url })
  await storage.migrate()
  await storage.close()
})

for (const { name, run } of rateLimiterConformance)
  test(name, async () => run(async () => postgresRateLimiter({ connectionString: url })))

let subjects = 0
const limit = (most: number, windowMs = 3_600_000) => ({
  key: `own_${++subjects}`,
  name: 'hour',
  limit: most,
  windowMs,
})

/** A limiter, and how many statements it has run. */
function openCounted(leaseMs?: number) {
  const pool = new Pool({ connectionString: url })
  let statements = 0
  const connect = pool.connect.bind(pool)
  pool.connect = (async () => {
    const client = await connect()
    const query = client.query.bind(client)
    client.query = ((...args: Parameters<typeof query>) => {
      statements++
      return query(...args)
    }) as typeof client.query
    return client
  }) as typeof pool.connect
  onTestFinished(async () => pool.end())
  return { limiter: postgresRateLimiter({ pool, leaseMs }), statements: () => statements }
}

test('calls are not written one by one: permits are leased ahead', async () => {
  const { limiter, statements } = openCounted()
  const check = limit(1_000_000)
  for (let i = 0; i < 5000; i++) await limiter.consume([check], { cost: 1 })
  const before = statements()
  for (let i = 0; i < 5000; i++) await limiter.consume([check], { cost: 1 })
  expect((statements() - before) / 5000).toBeLessThan(0.05)
})

test('whoever goes on asking after a refusal costs the database nothing', async () => {
  const { limiter, statements } = openCounted()
  const check = limit(1)
  await limiter.consume([check], { cost: 1 })
  await limiter.consume([check], { cost: 1 })
  const before = statements()
  for (let i = 0; i < 100; i++)
    expect(await limiter.consume([check], { cost: 1 })).toMatchObject({ allowed: false })
  expect(statements()).toBe(before)
})

test('of two processes that race for a limit, exactly so many calls are let through', async () => {
  const key = `raced_${process.pid}`
  const execArgv = ['--conditions=@leadhooks/source']
  const processes = [1, 2].map(() =>
    fork(new URL('race-process.ts', import.meta.url), [url, key, '100'], { execArgv }),
  )
  await Promise.all(processes.map(async (child) => once(child, 'message')))
  const answers = processes.map(async (child) => {
    child.send('go')
    const [allowed] = await once(child, 'message')
    return Number(allowed)
  })
  const [first = 0, second = 0] = await Promise.all(answers)
  expect(first + second).toBe(100)
})

test('what one process has leased and not used is there for another after its time', async () => {
  const [one, other] = [openCounted(50).limiter, openCounted(50).limiter]
  const check = limit(1000)
  for (let i = 0; i < 500; i++) await one.consume([check], { cost: 1 })
  let allowed = 500
  await expect
    .poll(async () => {
      // The first one calls on now and then, and gives back what it did not need.
      for (const limiter of [one, other]) if ((await limiter.consume([check], { cost: 1 })).allowed) allowed++
      return allowed
    })
    .toBe(1000)
  expect(await other.consume([check], { cost: 1 })).toMatchObject({ allowed: false })
})
