import type { Settlement } from '../storage/storage.ts'
import type { HealthSign } from '../webhooks/webhook-health.ts'
import type { Verdict } from './classify-response.ts'

const second = 1000
/** However long a receiver asks for, its webhook is tried again after an hour. */
const longestPauseMs = 3600 * second
/** A receiver that asks for a pause and not for how long gets as long as the delivery waits, up to this. */
const longestUnaskedPauseMs = 30 * second

export interface Answered {
  eventType: string
  verdict: Verdict
  statusCode: number | null
  retryAfterMs: number | null
  next: Settlement['next']
  at: number
}

/**
 * What an attempt says of its webhook; null where it says nothing. 429 and 503 ask for a pause, 503 as a failure all the same;
 * 410 switches the webhook off by itself, and of an attempt that was broken off nobody knows.
 */
export function healthSign({
  eventType,
  verdict,
  statusCode,
  retryAfterMs,
  next,
  at,
}: Answered): HealthSign | null {
  if (verdict.outcome === 'gone' || verdict.failure === 'worker_stopped') return null
  if (verdict.outcome === 'delivered') return { eventType, sign: 'success', at, pauseMs: null }
  if (statusCode !== 429 && statusCode !== 503) return { eventType, sign: 'failure', at, pauseMs: null }
  const delayMs = next.status === 'retrying' ? next.delayMs : second
  const pauseMs =
    retryAfterMs === null ? Math.min(delayMs, longestUnaskedPauseMs) : Math.min(retryAfterMs, longestPauseMs)
  return { eventType, sign: statusCode === 429 ? 'neutral' : 'failure', at, pauseMs }
}
