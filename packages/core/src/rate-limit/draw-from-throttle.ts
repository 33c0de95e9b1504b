import type { StoredWebhook } from '../model/webhook.ts'
import { drawTokens, type FullAt } from './token-bucket.ts'

type Throttled = Pick<StoredWebhook, 'enabled' | 'circuitState' | 'waitsUntil' | 'waitsFor' | 'throttle'>
type Wait = Pick<StoredWebhook, 'waitsUntil' | 'waitsFor'>

/** What comes of a draw, to be written down. */
export interface Drawn {
  /** How many may go. */
  count: number
  /** The throttle as it is then; null where nothing is to be known of it. */
  fullAt: FullAt | null
  /** What the webhook waits for then; null where that stays. */
  wait: Wait | null
}

/** Draws from the throttle of a webhook, as `drawFromThrottles` says, for storages that have the webhook at hand. */
export function drawFromThrottle(
  webhook: Throttled,
  fullAt: FullAt | null,
  wanted: number,
  now: number,
): Drawn {
  const { throttle } = webhook
  if (wanted > 0 && isHeld(webhook, now)) return { count: 0, fullAt, wait: null }
  if (throttle === null) return { count: wanted, fullAt, wait: null }
  const bucket = { limit: throttle.requests, windowMs: throttle.perMs }
  const { remaining } = drawTokens(fullAt ?? undefined, bucket, 0, now)
  const count = Math.min(wanted, remaining)
  const { state } = drawTokens(fullAt ?? undefined, bucket, count, now)
  if (count < wanted) {
    const { resetMs } = drawTokens(state, bucket, 1, now)
    const waitsUntil = new Date(Math.ceil(now + resetMs))
    return { count, fullAt: state, wait: { waitsUntil, waitsFor: 'throttled' } }
  }
  const isFreed = wanted < 0 && webhook.waitsFor === 'throttled'
  return { count, fullAt: state, wait: isFreed ? { waitsUntil: null, waitsFor: null } : null }
}

/** It was told to wait, or switched off, between the claim and now: that holds, and no throttle may shorten it. */
function isHeld({ enabled, circuitState, waitsUntil }: Throttled, now: number): boolean {
  return !enabled || circuitState !== 'closed' || (waitsUntil?.getTime() ?? 0) > now
}
