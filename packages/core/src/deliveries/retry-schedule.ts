import type { RetryPolicy, RetryPolicyName } from '../model/retry-policy.ts'
import { parseHttpDate } from './http-date.ts'

/** A retry policy written out: how long to wait after the first, second, … failure. */
export interface RetrySchedule {
  delaysMs: readonly number[]
  /** 0.2 spreads each delay by ±20 %. */
  jitter: number
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
export const day = 24 * hour

const exponential = [1, 2, 4, 8, 16, 32].map((seconds) => seconds * second)

const named: Record<RetryPolicyName, RetrySchedule> = {
  patient: {
    delaysMs: [...exponential, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour],
    jitter: 0.2,
  },
  exponential: { delaysMs: exponential, jitter: 0 },
  stepped: { delaysMs: [1, 5, 15, 45, 135].map((seconds) => seconds * second), jitter: 0 },
}

export function retrySchedule(policy: RetryPolicy): RetrySchedule {
  if (typeof policy === 'string') return named[policy]
  if ('name' in policy) {
    const { delaysMs, jitter } = named[policy.name]
    return { delaysMs: delaysMs.slice(0, policy.maxAttempts - 1), jitter }
  }
  if ('delaysMs' in policy) return { delaysMs: policy.delaysMs, jitter: policy.jitter ?? 0 }
  const { firstDelayMs, factor, maxDelayMs, maxAttempts, jitter = 0 } = policy
  const delaysMs = Array.from({ length: maxAttempts - 1 }, (_, n) =>
    Math.min(firstDelayMs * factor ** n, maxDelayMs),
  )
  return { delaysMs, jitter }
}

/** How old a delivery may grow, waiting and held times included: the length of its policy and a day. */
export function maxAgeMs(policy: RetryPolicy): number {
  const { delaysMs, jitter } = retrySchedule(policy)
  return Math.ceil(delaysMs.reduce((sum, delay) => sum + delay, 0) * (1 + jitter)) + day
}

/**
 * How long to wait after attempt number `attempt` failed; null when that was the last. A receiver's `Retry-After` can
 * lengthen the wait, up to a day, and never shortens it.
 */
export function nextDelayMs(
  policy: RetryPolicy,
  attempt: number,
  retryAfterMs: number | null,
  random: () => number,
): number | null {
  const { delaysMs, jitter } = retrySchedule(policy)
  const delay = delaysMs[attempt - 1]
  if (delay === undefined) return null
  const spread = delay * (1 + jitter * (2 * random() - 1))
  return Math.round(Math.max(spread, Math.min(retryAfterMs ?? 0, day)))
}

/** `Retry-After` in milliseconds: whole seconds or an HTTP date (RFC 9110, 10.2.3); null for anything else. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null
  const value = header.replaceAll(/^[ \t]+|[ \t]+$/g, '')
  if (/^\d+$/.test(value)) return Math.min(Number(value) * second, day)
  const date = parseHttpDate(value, now)
  return date === null ? null : Math.max(0, date - now)
}
