/** What a limiter has done since it was made. */
export interface LimiterStats {
  /** Decisions that Redis made. */
  decided: number
  /** Calls that were refused without asking Redis, which had refused the same a moment ago. */
  remembered: number
  /** Decisions that Redis was not there for: too late, broken, or not asked because of that. */
  degraded: number
  /** Of those, the ones that Redis was asked for in vain. */
  failures: number
}
