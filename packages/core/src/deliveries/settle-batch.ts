import pRetry from 'p-retry'
import type { Context } from '../context.ts'
import { isLeadhooksError } from '../errors.ts'
import type { Settlement } from '../storage/storage.ts'

const maxWaitMs = 5
const maxSize = 200

interface Waiting {
  settlement: Settlement
  /** Told whether the settlement was written, or came too late. */
  settled: (written: boolean) => void
  failed: (error: unknown) => void
}

/**
 * Collects results for a few milliseconds and writes them by one statement: a group commit. Each caller is told when its
 * own result is written. While the storage cannot be reached, results are held and tried again.
 */
export class SettleBatch {
  readonly #ctx: Context
  readonly #giveUp = new AbortController()
  #waiting: Waiting[] = []
  #cancelTimer: (() => void) | undefined

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** Resolves to `true` once written, to `false` when the lease had lapsed. */
  async settle(settlement: Settlement): Promise<boolean> {
    const written = new Promise<boolean>((settled, failed) => {
      this.#waiting.push({ settlement, settled, failed })
    })
    if (this.#waiting.length >= maxSize) this.#flush()
    else this.#cancelTimer ??= this.#ctx.clock.schedule(() => this.#flush(), maxWaitMs)
    return written
  }

  /** Ends the repeats: what could not be written is left to the lease, and to the worker that takes it over. */
  giveUp(): void {
    this.#giveUp.abort()
  }

  #flush(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const batch = this.#waiting
    this.#waiting = []
    if (batch.length > 0) void this.#write(batch)
  }

  async #write(batch: Waiting[]): Promise<void> {
    try {
      const written = await this.#repeat(() =>
        this.#ctx.storage.settleDeliveries(
          batch.map(({ settlement }) => settlement),
          { now: this.#ctx.storageTime() },
        ),
      )
      batch.forEach(({ settled }, index) => settled(written[index] ?? false))
    } catch (error) {
      // One row that cannot be written must not keep the others from it.
      if (batch.length > 1) await Promise.all(batch.map((one) => this.#write([one])))
      else batch.forEach(({ failed }) => failed(error))
    }
  }

  async #repeat<Result>(write: () => Promise<Result>): Promise<Result> {
    return pRetry(write, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 50,
      maxTimeout: 2000,
      randomize: true,
      signal: this.#giveUp.signal,
      shouldRetry: ({ error }) => isLeadhooksError(error) && error.code === 'storage_unavailable',
      onFailedAttempt: ({ error, attemptNumber }) => {
        this.#ctx.logger.warn(
          { err: error, attempt: attemptNumber },
          'Results of deliveries could not be written yet',
        )
      },
    })
  }
}
