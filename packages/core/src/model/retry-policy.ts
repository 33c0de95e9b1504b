/**
 * When a failed delivery is tried again. The first attempt is always made at once.
 *
 * - `'patient'`: then after 1, 2, 4, 8, 16, 32 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h, each ±20 % (13 attempts, about 28 h)
 * - `'exponential'`: then after 1, 2, 4, 8, 16, 32 s (7 attempts)
 * - `'stepped'`: then after 1, 5, 15, 45, 135 s (6 attempts)
 * - `{ name, maxAttempts }`: the same, cut off earlier
 * - `{ delaysMs }`: an own list, one entry a retry; `[]` never tries again
 * - `{ firstDelayMs, factor, maxDelayMs, maxAttempts }`: an own rule, each delay `factor` times the one before
 *
 * `jitter` spreads each delay by that share both ways (0.2 is ±20 %), so that retries don't arrive in one wave.
 */
export type RetryPolicy =
  | RetryPolicyName
  | { name: RetryPolicyName; maxAttempts: number }
  | { delaysMs: readonly number[]; jitter?: number | undefined }
  | {
      firstDelayMs: number
      factor: number
      maxDelayMs: number
      maxAttempts: number
      jitter?: number | undefined
    }

export const retryPolicyNames = ['patient', 'exponential', 'stepped'] as const
export type RetryPolicyName = (typeof retryPolicyNames)[number]
