import { describe, expect, test } from 'vitest'
import type { RetryPolicy } from '../model/retry-policy.ts'
import { maxAgeMs, nextDelayMs, parseRetryAfter, retrySchedule } from './retry-schedule.ts'

const noJitter = () => 0.5
const seconds = (policy: RetryPolicy): number[] => retrySchedule(policy).delaysMs.map((ms) => ms / 1000)

describe('the retry policies', () => {
  test('patient tries 13 times over about 28 hours', () => {
    expect(seconds('patient')).toEqual([1, 2, 4, 8, 16, 32, 300, 1800, 7200, 18000, 36000, 36000])
    expect(seconds('patient').reduce((sum, delay) => sum + delay) / 3600).toBeCloseTo(27.6, 1)
  })

  test('exponential tries 7 times, and 6 when cut off', () => {
    expect(seconds('exponential')).toEqual([1, 2, 4, 8, 16, 32])
    expect(seconds({ name: 'exponential', maxAttempts: 6 })).toEqual([1, 2, 4, 8, 16])
  })

  test('stepped waits 1, 5, 15, 45, 135 s, and can stop after three attempts', () => {
    expect(seconds('stepped')).toEqual([1, 5, 15, 45, 135])
    expect(seconds({ name: 'stepped', maxAttempts: 3 })).toEqual([1, 5])
  })

  test('an own list, also an empty one', () => {
    expect(nextDelayMs({ delaysMs: [250] }, 1, null, noJitter)).toBe(250)
    expect(nextDelayMs({ delaysMs: [250] }, 2, null, noJitter)).toBeNull()
    expect(nextDelayMs({ delaysMs: [] }, 1, null, noJitter)).toBeNull()
  })

  test('an own rule is bounded by its longest delay and its attempts', () => {
    const rule = { firstDelayMs: 1000, factor: 3, maxDelayMs: 10_000, maxAttempts: 5 }
    expect(seconds(rule)).toEqual([1, 3, 9, 10])
  })
})

describe('the next delay', () => {
  test('only patient is jittered by itself, by 20 % both ways', () => {
    expect(nextDelayMs('patient', 1, null, () => 0)).toBe(800)
    expect(nextDelayMs('patient', 1, null, () => 1)).toBe(1200)
    expect(nextDelayMs('exponential', 1, null, () => 0)).toBe(1000)
    expect(nextDelayMs('stepped', 2, null, () => 1)).toBe(5000)
  })

  test('Retry-After lengthens it, up to a day, and never shortens it', () => {
    expect(nextDelayMs('exponential', 1, 60_000, noJitter)).toBe(60_000)
    expect(nextDelayMs('exponential', 6, 1000, noJitter)).toBe(32_000)
    expect(nextDelayMs('exponential', 1, 10 * 86_400_000, noJitter)).toBe(86_400_000)
  })

  test('Retry-After grants no attempt beyond the last', () => {
    expect(nextDelayMs('exponential', 7, 60_000, noJitter)).toBeNull()
  })
})

test('a delivery may grow a day older than its longest schedule', () => {
  expect(maxAgeMs('exponential')).toBe(63_000 + 86_400_000)
  expect(maxAgeMs({ delaysMs: [1000], jitter: 1 })).toBe(2000 + 86_400_000)
})

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')

  test.each([
    ['120', 120_000],
    ['0', 0],
    ['99999999999999999999', 86_400_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['Thursday, 01-Jan-26 00:00:30 GMT', 30_000],
    ['Thu Jan  1 00:00:30 2026', 30_000],
    ['Thu Jan 15 00:00:00 2026', 14 * 86_400_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Saturday, 01-Jan-77 00:00:00 GMT', 0],
    [' 120', 120_000],
    ['120 \t', 120_000],
    [' Thu, 01 Jan 2026 00:00:30 GMT ', 30_000],
  ])('%s is understood', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms)
  })

  test.each([
    '',
    '1.5',
    '-1',
    '12abc',
    '1e3',
    'soon',
    '2026-01-01',
    '1 2',
    'Someday, 01-Jan-26 00:00:30 GMT',
    'Thu Xyz  1 00:00:30 2026',
    'Thu, 01-Jan-26 00:00:30 GMT',
  ])('%j is ignored', (header) => {
    expect(parseRetryAfter(header, now)).toBeNull()
  })
})
