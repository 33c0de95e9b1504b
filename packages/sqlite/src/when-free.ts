import pRetry from 'p-retry'
import { isBusy } from './driver-errors.ts'

/**
 * Calls `attempt` again and again for `timeoutMs`, while another connection holds the lock. It waits between the calls:
 * SQLite's own busy time-out would sleep in the middle of the event loop, and a host that holds the lock across an `await`
 * could never let it go.
 */
export async function whenFree<Result>(attempt: () => Result, timeoutMs: number): Promise<Result> {
  return pRetry(attempt, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 1,
    factor: 1.5,
    maxTimeout: 50,
    randomize: true,
    maxRetryTime: timeoutMs,
    shouldRetry: ({ error }) => isBusy(error),
  })
}
