import type { RateLimit } from '../model/rate-limit.ts'
import type { Verdict } from './verdict.ts'

/** What was taken in the window that contains `now`, and in the one before it. Windows begin at multiples of their length. */
export interface WindowCounts {
  window: number
  current: number
  previous: number
}

/** Shares of a window are fractions: less than that is no difference. */
const epsilon = 1e-9

/**
 * A sliding counter: what was taken in this window, and of the last one the share that the last `windowMs` still overlap.
 * Two numbers stand for a log of all calls; no burst passes twice at a boundary, as it would by a fixed window.
 * (https://blog.cloudflare.com/counting-things-a-lot-of-different-things)
 */
export function slideWindow(
  counts: WindowCounts | undefined,
  { limit, windowMs }: Pick<RateLimit, 'limit' | 'windowMs'>,
  cost: number,
  now: number,
): Verdict<WindowCounts> {
  const window = Math.floor(now / windowMs)
  const elapsed = now - window * windowMs
  const { current, previous } = roll(counts, window)
  const shareOfPrevious = (previous * (windowMs - elapsed)) / windowMs
  const allowed = current + cost + shareOfPrevious <= limit + epsilon
  const taken = allowed ? current + cost : current
  return {
    allowed,
    remaining: Math.max(0, Math.floor(limit - (taken + shareOfPrevious) + epsilon)),
    resetMs: allowed ? windowMs - elapsed : freeIn({ current, previous }, limit - cost, windowMs, elapsed),
    state: { window, current: taken, previous },
  }
}

function roll(counts: WindowCounts | undefined, window: number): Pick<WindowCounts, 'current' | 'previous'> {
  if (counts === undefined || counts.window < window - 1) return { current: 0, previous: 0 }
  if (counts.window < window) return { current: 0, previous: counts.current }
  // A clock that was set back finds the counts of a later window: they stand for this one.
  return counts
}

/** In how many milliseconds no more than `most` will count: later in this window, or else in the next. */
function freeIn(
  { current, previous }: Pick<WindowCounts, 'current' | 'previous'>,
  most: number,
  windowMs: number,
  elapsed: number,
): number {
  const shareOfPrevious = (most - current) / previous
  if (current <= most) return Math.ceil(windowMs * (1 - shareOfPrevious)) - elapsed
  return windowMs - elapsed + Math.ceil(windowMs * (1 - most / current))
}
