export const rateLimitAlgorithms = ['sliding-window', 'token-bucket'] as const
/**
 * `sliding-window`: at most `limit` in any window, by the count of this window and a share of the last one. `token-bucket`:
 * `burst` at once, refilled evenly by `limit` per window.
 */
export type RateLimitAlgorithm = (typeof rateLimitAlgorithms)[number]

/** At most so much in so much time. */
export interface RateLimit {
  /** Names it among the limits of one caller: `hourly`. Clients see it in `RateLimit-Policy`. */
  name: string
  limit: number
  windowMs: number
  /** @default 'sliding-window' */
  algorithm?: RateLimitAlgorithm | undefined
  /** What a full bucket holds; for `token-bucket` only. @default limit */
  burst?: number | undefined
}
