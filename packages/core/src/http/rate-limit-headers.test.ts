import { expect, test } from 'vitest'
import type { LimitDecision, LimitState } from '../rate-limit/rate-limiter.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'

const now = Date.parse('2026-01-01T00:00:00.000Z')
const state = (changes: Partial<LimitState>): LimitState => ({
  name: 'key',
  limit: 1000,
  windowMs: 3_600_000,
  allowed: true,
  remaining: 998,
  resetMs: 1_739_001,
  ...changes,
})
const decision = (limits: LimitState[], changes: Partial<LimitDecision> = {}): LimitDecision => ({
  allowed: limits.every(({ allowed }) => allowed),
  limits,
  retryAfterMs: 0,
  degraded: false,
  ...changes,
})

test('every limit is told, and the tightest for older clients', () => {
  const organization = state({ name: 'org', limit: 10_000, remaining: 9120 })
  expect(rateLimitHeaders(decision([state({}), organization]), now)).toEqual({
    'ratelimit-policy': '"key";q=1000;w=3600, "org";q=10000;w=3600',
    ratelimit: '"key";r=998;t=1740, "org";r=9120;t=1740',
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '998',
    'x-ratelimit-reset': String(now / 1000 + 1740),
  })
})

test('a refused call is told when to come again, not before any time beside it', () => {
  const refused = state({ name: 'org', allowed: false, remaining: 0, resetMs: 12_001 })
  const headers = rateLimitHeaders(decision([state({}), refused], { retryAfterMs: 12_001 }), now)
  expect(headers).toMatchObject({
    ratelimit: '"key";r=998, "org";r=0;t=13',
    'retry-after': '13',
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(now / 1000 + 13),
  })
})

test('it is never told to come again at once', () => {
  const refused = state({ allowed: false, remaining: 0, resetMs: 3 })
  expect(rateLimitHeaders(decision([refused], { retryAfterMs: 3 }), now)).toMatchObject({
    'retry-after': '1',
  })
})

test('a window that is no whole number of seconds is left out', () => {
  expect(rateLimitHeaders(decision([state({ windowMs: 500 })]), now)['ratelimit-policy']).toBe('"key";q=1000')
})

test('what is not known is not made up', () => {
  expect(rateLimitHeaders(undefined)).toEqual({})
  expect(rateLimitHeaders(decision([], { degraded: true }))).toEqual({})
  expect(rateLimitHeaders(decision([state({})], { degraded: true }))).toEqual({})
  expect(rateLimitHeaders(decision([], { allowed: false, retryAfterMs: 2500, degraded: true }))).toEqual({
    'retry-after': '3',
  })
})
