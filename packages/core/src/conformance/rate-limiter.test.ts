import { expect, test } from 'vitest'
import { memoryRateLimiter } from '../rate-limit/memory-rate-limiter.ts'
import type { LimitCheck, LimitDecision, RateLimiter } from '../rate-limit/rate-limiter.ts'
import { rateLimiterConformance } from './rate-limiter.ts'

for (const { name, run } of rateLimiterConformance)
  test(name, async () => run(async () => memoryRateLimiter()))

const idOf = ({ key, name }: LimitCheck): string => `${key} ${name}`

/** Limiters that look right at a glance, and what the kit says of each. */
const wrongLimiters: Record<string, { open: () => RateLimiter; noticedBy: string[] }> = {
  'counts in fixed windows': {
    open() {
      const counts = new Map<string, number>()
      return {
        consume(checks, { cost, now = 0 }): LimitDecision {
          const limits = checks.map((check) => {
            const id = `${idOf(check)} ${Math.floor(now / check.windowMs)}`
            const taken = (counts.get(id) ?? 0) + cost
            const allowed = taken <= check.limit
            if (allowed) counts.set(id, taken)
            const resetMs = check.windowMs - (now % check.windowMs)
            return { ...check, allowed, remaining: Math.max(0, check.limit - taken), resetMs }
          })
          const allowed = limits.every((limit) => limit.allowed)
          return { allowed, limits, retryAfterMs: allowed ? 0 : (limits[0]?.resetMs ?? 0), degraded: false }
        },
      }
    },
    noticedBy: ['sliding-window: the limit does not pass twice at the edge of a window'],
  },

  'charges each limit for itself': {
    open() {
      const right = memoryRateLimiter()
      return {
        consume(checks, consumption) {
          const each = checks.map((check) => right.consume([check], consumption))
          const limits = each.flatMap((decision) => decision.limits)
          const retryAfterMs = Math.max(0, ...each.map((decision) => decision.retryAfterMs))
          return { allowed: each.every(({ allowed }) => allowed), limits, retryAfterMs, degraded: false }
        },
      }
    },
    noticedBy: [
      'sliding-window: of two limits the one that lets through is not charged for what the other refuses',
    ],
  },

  'reads, waits and writes': {
    open() {
      const taken = new Map<string, number>()
      return {
        async consume(checks, { cost }) {
          const [check] = checks
          const id = check === undefined ? '' : idOf(check)
          const before = taken.get(id) ?? 0
          await Promise.resolve()
          const allowed = check === undefined || before + cost <= check.limit
          if (allowed) taken.set(id, before + cost)
          return { allowed, limits: [], retryAfterMs: 1, degraded: false }
        },
      }
    },
    noticedBy: ['sliding-window: of many callers at once no more are let through'],
  },

  'counts what it refuses': {
    open() {
      const calls = new Map<string, number[]>()
      return {
        consume(checks, { cost, now = 0 }) {
          const limits = checks.map((check) => {
            const times = (calls.get(idOf(check)) ?? []).filter((time) => time > now - check.windowMs)
            for (let i = 0; i < cost; i++) times.push(now)
            calls.set(idOf(check), times)
            const allowed = times.length <= check.limit
            const resetMs = check.windowMs
            return { ...check, allowed, remaining: Math.max(0, check.limit - times.length), resetMs }
          })
          const allowed = limits.every((limit) => limit.allowed)
          return { allowed, limits, retryAfterMs: allowed ? 0 : (limits[0]?.windowMs ?? 0), degraded: false }
        },
      }
    },
    noticedBy: [
      'sliding-window: refused calls put nothing off',
      'sliding-window: a call takes its cost, and what is refused takes nothing',
    ],
  },

  'waits for what can never be': {
    open() {
      const right = memoryRateLimiter()
      return {
        consume(checks, consumption) {
          const tooMuch = checks.some(({ limit }) => !(consumption.cost <= limit && consumption.cost >= 0))
          if (!tooMuch) return right.consume(checks, consumption)
          return { allowed: false, limits: [], retryAfterMs: 1000, degraded: false }
        },
      }
    },
    noticedBy: ['sliding-window: a cost over the limit is an error, and not to be waited for'],
  },

  'keeps the limit that it saw first': {
    open() {
      const right = memoryRateLimiter()
      const seen = new Map<string, LimitCheck>()
      return {
        consume(checks, consumption) {
          for (const check of checks) if (!seen.has(idOf(check))) seen.set(idOf(check), check)
          return right.consume(
            checks.map((check) => seen.get(idOf(check)) ?? check),
            consumption,
          )
        },
      }
    },
    noticedBy: ['a limit that is raised or lowered counts from the next call on'],
  },
}

async function failedCases(open: () => RateLimiter): Promise<string[]> {
  const failed: string[] = []
  for (const { name, run } of rateLimiterConformance)
    await run(async () => open()).catch(() => failed.push(name))
  return failed
}

for (const [wrong, { open, noticedBy }] of Object.entries(wrongLimiters)) {
  test(`the kit fails a limiter that ${wrong}`, async () => {
    expect(await failedCases(open)).toEqual(expect.arrayContaining(noticedBy))
  })
}
