import type { RateLimit } from '../model/rate-limit.ts'

/** A limit, and whose share of it is asked for. */
export interface LimitCheck extends RateLimit {
  /** Whom it counts for: an API key, an organization. Limits of one name count apart for each. */
  key: string
}

export interface Consumption {
  /** How much the call takes of each limit. */
  cost: number
  /** The time, in milliseconds since the epoch, in place of the limiter's own: tests pass it. @default the store's clock */
  now?: number | undefined
  /**
   * Whom all limits of the call belong to: the organization. A cluster keeps them in one place by it. Limits of one key count
   * together only where it is the same. @default ''
   */
  group?: string | undefined
}

/** How one limit stands after a call. */
export interface LimitState extends Pick<RateLimit, 'name' | 'limit' | 'windowMs'> {
  /** False for a limit that the call would have gone over. */
  allowed: boolean
  /** How much may still be taken at once. */
  remaining: number
  /** In how many milliseconds more can be taken: for a limit that was gone over, as much as the call asked for. */
  resetMs: number
}

export interface LimitDecision {
  allowed: boolean
  /** In the order of the checks. */
  limits: readonly LimitState[]
  /** When the same call can succeed at the earliest, by all limits that refused it; 0 when it was allowed. */
  retryAfterMs: number
  /** True where the store could not be asked, and something else decided: then `limits` may be empty. */
  degraded: boolean
}

/**
 * Decides whether a call stays within its limits, and counts it.
 *
 * All or nothing: a call that one limit refuses is counted by none, and refused calls put off nothing. A limit or window that
 * is changed counts from the next call on. Concurrency: of any number of callers in any number of processes, no more are let
 * through than one after the other would be.
 *
 * Throws `invalid_request` for a cost that no limit could ever allow.
 */
export interface RateLimiter {
  /** At once where the counts are in this process: then the caller need not wait. */
  consume(checks: readonly LimitCheck[], consumption: Consumption): LimitDecision | Promise<LimitDecision>
  /** Ends what it holds, and nothing that the host opened. */
  close?(): Promise<void>
}
