import { redisRateLimiter } from '@leadhooks/redis'
import { startRedis } from '@leadhooks/test-services'
import { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { compare, type Result } from '../results.ts'
import { byCallers, interleave, perSecond } from '../rounds.ts'
import type { SuiteOptions } from '../suite-options.ts'

const callers = 64
const subjects = 1000
const limit = 1_000_000_000

/** Decisions a second in Redis: two limits at once, all or nothing, beside one limit of rate-limiter-flexible. One client. */
export async function redis({ rounds, quick }: SuiteOptions): Promise<Result[]> {
  const times = quick ? 10_000 : 100_000
  const server = await startRedis()
  try {
    const results: Result[] = []
    for (const enableAutoPipelining of [true, false]) {
      const client = new Redis(server.url, { enableAutoPipelining })
      const scenario = `limits in Redis, ${callers} callers, auto-pipelining ${enableAutoPipelining ? 'on' : 'off'}`
      results.push(await compareLimiters(client, scenario, rounds, times))
      client.disconnect()
    }
    return results
  } finally {
    await server.close()
  }
}

async function compareLimiters(
  client: Redis,
  scenario: string,
  rounds: number,
  times: number,
): Promise<Result> {
  const ours = redisRateLimiter({ client, deadlineMs: 10_000 })
  const theirs = new RateLimiterRedis({ storeClient: client, points: limit, duration: 3600 })
  const ofKey = { name: 'hourly', limit, windowMs: 3_600_000 }
  const ofOrganization = { name: 'organization', limit, windowMs: 60_000 }

  // A verification asks with the limits of a cached key, which are the same each time.
  const cached = Array.from({ length: subjects }, (_, n) => [
    { ...ofKey, key: `key_${n}` },
    { ...ofOrganization, key: `org_${n % 10}` },
  ])
  const decideOurs = async (n: number): Promise<void> => {
    const checks = cached[n % subjects] ?? []
    const { allowed, degraded } = await ours.consume(checks, { cost: 1, group: `org_${n % 10}` })
    if (!allowed || degraded) throw new Error('A call was not decided by Redis')
  }
  const decideTheirs = (n: number): Promise<unknown> => theirs.consume(`key_${n % subjects}`)

  const measure = (decide: (n: number) => Promise<unknown>) => (): Promise<number> =>
    perSecond(times, () => byCallers(callers, times, decide))
  await measure(decideOurs)()
  await measure(decideTheirs)()
  const values = await interleave(rounds, { theirs: measure(decideTheirs), ours: measure(decideOurs) })
  return compare({
    scenario,
    unit: 'decisions/s',
    subject: 'two limits at once',
    values: values.ours,
    baseline: 'rate-limiter-flexible, one limit',
    baselineValues: values.theirs,
    atLeast: 0.9,
  })
}
