import type { RateLimit } from '../model/rate-limit.ts'
import type { Verdict } from './verdict.ts'

/** When the bucket will be full again, in milliseconds since the epoch: all that has to be kept of it. */
export type FullAt = number

/** Doubles hold milliseconds of today to about a ten-thousandth: less than that is no difference. */
const epsilonMs = 1e-3

/**
 * A token bucket: `burst` at once, refilled by `limit` per window, as the generic cell rate algorithm has it
 * (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm): one number to keep, and exact times.
 */
export function drawTokens(
  known: FullAt | undefined,
  { limit, windowMs, burst = limit }: Pick<RateLimit, 'limit' | 'windowMs' | 'burst'>,
  cost: number,
  now: number,
): Verdict<FullAt> {
  const msPerToken = windowMs / limit
  const capacityMs = burst * msPerToken
  // Never further off than an empty bucket would be: the limit may have been raised, or the clock set back.
  const fullAt = Math.min(Math.max(known ?? now, now), now + capacityMs)
  const after = fullAt + cost * msPerToken
  const waitMs = after - capacityMs - now
  const allowed = waitMs <= epsilonMs
  const state = allowed ? after : fullAt
  return {
    allowed,
    remaining: Math.max(0, Math.floor((capacityMs - (state - now) + epsilonMs) / msPerToken)),
    resetMs: allowed
      ? Math.min(Math.ceil(msPerToken), Math.ceil(state - now))
      : Math.ceil(waitMs - epsilonMs),
    state,
  }
}
