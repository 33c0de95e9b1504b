import assert from 'node:assert/strict'
import { isLeadhooksError } from '../errors.ts'
import type { LimitCheck, LimitDecision, RateLimiter } from '../rate-limit/rate-limiter.ts'
import { race } from './fixtures.ts'

/** One promise of a rate limiter. */
export interface RateLimiterCase {
  /** The promise, as a sentence. */
  name: string
  /** Rejects where the limiter breaks the promise. `open` gives a limiter that has counted nothing; the case closes it. */
  run: (open: () => Promise<RateLimiter>) => Promise<void>
}

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute
/** The beginning of a window of any length used here. */
const start = Math.ceil(Date.parse('2026-01-01T00:00:00Z') / (31 * day)) * 31 * day
let subjects = 0

function limiterCase(name: string, check: (limiter: RateLimiter) => Promise<void>): RateLimiterCase {
  return {
    name,
    async run(open) {
      const limiter = await open()
      try {
        await check(limiter)
      } finally {
        await limiter.close?.()
      }
    },
  }
}

/** A limit of somebody who has not called before. */
function limitOf(changes: Partial<LimitCheck> = {}): LimitCheck {
  return { key: `key_${++subjects}`, name: 'minute', limit: 10, windowMs: minute, ...changes }
}

function both(
  name: string,
  check: (limiter: RateLimiter, base: Partial<LimitCheck>) => Promise<void>,
): RateLimiterCase[] {
  return (['sliding-window', 'token-bucket'] as const).map((algorithm) =>
    limiterCase(`${algorithm}: ${name}`, async (limiter) => check(limiter, { algorithm })),
  )
}

/** One call at a time after the start. */
async function call(
  limiter: RateLimiter,
  checks: LimitCheck | readonly LimitCheck[],
  ms = 0,
  cost = 1,
): Promise<LimitDecision> {
  return limiter.consume(Array.isArray(checks) ? checks : [checks as LimitCheck], { cost, now: start + ms })
}

/** How many of so many calls at the same time are let through. */
async function letThrough(limiter: RateLimiter, check: LimitCheck, calls: number, ms = 0): Promise<number> {
  let allowed = 0
  for (let i = 0; i < calls; i++) if ((await call(limiter, check, ms)).allowed) allowed++
  return allowed
}

export const rateLimiterConformance: readonly RateLimiterCase[] = [
  ...both('as much as the limit is let through, and no more', async (limiter, base) => {
    const check = limitOf(base)
    for (let left = 9; left >= 0; left--) {
      const decision = await call(limiter, check)
      assert.deepEqual([decision.allowed, decision.limits[0]?.remaining], [true, left])
    }
    const refused = await call(limiter, check)
    assert.equal(refused.allowed, false)
    assert.equal(refused.degraded, false)
    assert.equal(refused.limits[0]?.remaining, 0)
    assert.ok(refused.retryAfterMs > 0)
  }),

  ...both('of many callers at once no more are let through', async (limiter, base) => {
    const check = limitOf({ ...base, limit: 100 })
    const decisions = await race(200, async () => call(limiter, check))
    assert.equal(decisions.filter(({ allowed }) => allowed).length, 100)
  }),

  ...both(
    'a refused call can succeed at the time that it was told, and not before',
    async (limiter, base) => {
      for (const [limit, windowMs] of [
        [10, minute],
        [3, second],
        [7, 500],
      ] as const) {
        const check = limitOf({ ...base, limit, windowMs })
        assert.equal(await letThrough(limiter, check, limit), limit)
        const { retryAfterMs } = await call(limiter, check)
        assert.equal((await call(limiter, check, retryAfterMs - 1)).allowed, false)
        assert.equal((await call(limiter, check, retryAfterMs)).allowed, true)
      }
    },
  ),

  ...both('refused calls put nothing off', async (limiter, base) => {
    const check = limitOf(base)
    await letThrough(limiter, check, 10)
    const { retryAfterMs } = await call(limiter, check)
    for (let ms = 0; ms < retryAfterMs; ms += retryAfterMs / 20)
      assert.equal((await call(limiter, check, Math.floor(ms))).allowed, false)
    assert.equal((await call(limiter, check, retryAfterMs)).allowed, true)
  }),

  ...both('steady calls at half the limit are never refused', async (limiter, base) => {
    const check = limitOf({ ...base, limit: 10, windowMs: second })
    for (let ms = 0; ms < 10 * second; ms += 200) assert.equal((await call(limiter, check, ms)).allowed, true)
  }),

  ...both('the limit does not pass twice at the edge of a window', async (limiter, base) => {
    const check = limitOf({ ...base, limit: 100 })
    const before = await letThrough(limiter, check, 100, minute - 500)
    const after = await letThrough(limiter, check, 100, minute + 500)
    assert.equal(before, 100)
    assert.ok(after <= 2, `${after} more within a second`)
  }),

  ...both('after two windows of silence everything may be taken again', async (limiter, base) => {
    const check = limitOf(base)
    await letThrough(limiter, check, 10)
    assert.equal(await letThrough(limiter, check, 11, 2 * minute), 10)
  }),

  ...both('windows of half a second and of 31 days are kept', async (limiter, base) => {
    for (const windowMs of [500, 31 * day]) {
      const check = limitOf({ ...base, limit: 2, windowMs })
      assert.equal(await letThrough(limiter, check, 5), 2)
      assert.equal(await letThrough(limiter, check, 5, 2 * windowMs), 2)
    }
  }),

  ...both('a call takes its cost, and what is refused takes nothing', async (limiter, base) => {
    const check = limitOf(base)
    assert.equal((await call(limiter, check, 0, 7)).limits[0]?.remaining, 3)
    assert.equal((await call(limiter, check, 0, 4)).allowed, false)
    const last = await call(limiter, check, 0, 3)
    assert.deepEqual([last.allowed, last.limits[0]?.remaining], [true, 0])
  }),

  ...both('a cost over the limit is an error, and not to be waited for', async (limiter, base) => {
    const check = limitOf(base)
    const isInvalid = (error: unknown): boolean => isLeadhooksError(error) && error.code === 'invalid_request'
    await assert.rejects(async () => call(limiter, check, 0, 11), isInvalid)
    for (const cost of [-1, 0.5, Number.NaN])
      await assert.rejects(async () => call(limiter, check, 0, cost), isInvalid)
    assert.equal(await letThrough(limiter, check, 11), 10)
  }),

  ...both(
    'of two limits the one that lets through is not charged for what the other refuses',
    async (limiter, base) => {
      const wide = limitOf(base)
      const narrow = limitOf({ ...base, name: 'narrow', limit: 2 })
      for (let i = 0; i < 6; i++) await call(limiter, [wide, narrow])
      const decision = await call(limiter, [wide, narrow])
      assert.deepEqual(
        decision.limits.map(({ name, allowed, remaining }) => ({ name, allowed, remaining })),
        [
          { name: 'minute', allowed: true, remaining: 8 },
          { name: 'narrow', allowed: false, remaining: 0 },
        ],
      )
      assert.equal((await call(limiter, wide)).limits[0]?.remaining, 7)
    },
  ),

  ...both('limits of two callers, and of two names, count apart', async (limiter, base) => {
    const first = limitOf(base)
    const others = [limitOf(base), { ...first, name: 'other' }]
    await letThrough(limiter, first, 10)
    for (const other of others) assert.equal((await call(limiter, other)).limits[0]?.remaining, 9)
  }),

  limiterCase('a limit that is raised or lowered counts from the next call on', async (limiter) => {
    const check = limitOf()
    await letThrough(limiter, check, 10)
    assert.equal((await call(limiter, check)).allowed, false)
    assert.equal((await call(limiter, { ...check, limit: 20 })).allowed, true)
    assert.equal((await call(limiter, { ...check, limit: 5 })).allowed, false)
  }),

  limiterCase('a bucket whose limit is raised refills faster from the next call on', async (limiter) => {
    const check = limitOf({ algorithm: 'token-bucket', limit: 60 })
    await letThrough(limiter, check, 60)
    assert.equal((await call(limiter, check)).retryAfterMs, second)
    assert.equal((await call(limiter, { ...check, limit: 120, burst: 60 })).retryAfterMs, second / 2)
  }),

  limiterCase('a bucket lets as much through at once as its burst, and refills evenly', async (limiter) => {
    const check = limitOf({ algorithm: 'token-bucket', limit: 60, windowMs: minute, burst: 5 })
    assert.equal(await letThrough(limiter, check, 10), 5)
    assert.equal(await letThrough(limiter, check, 10, second), 1)
    assert.equal(await letThrough(limiter, check, 10, 4 * second), 3)
    assert.equal(await letThrough(limiter, check, 10, minute), 5)
  }),

  limiterCase('a call without limits is let through', async (limiter) => {
    assert.deepEqual(await call(limiter, []), { allowed: true, limits: [], retryAfterMs: 0, degraded: false })
  }),
]
