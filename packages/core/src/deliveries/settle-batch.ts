import pRetry from 'p-retry'
import type { Context } from '../context.ts'
import { isLeadhooksError } from '../errors.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { Audit, Scoped, Settlement } from '../storage/storage.ts'
import { auditDisabling } from '../webhooks/audit-webhook.ts'

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
 * own result is written. While the storage cannot be reached, results are held: one batch is tried again and again, and all
 * others wait for it, so that a database that is down is asked by one and not by many.
 */
export class SettleBatch {
  readonly #ctx: Context
  readonly #audit: Audit<StoredWebhook>
  readonly #giveUp = new AbortController()
  #waiting: Waiting[] = []
  #cancelTimer: (() => void) | undefined
  #isAway = false

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#audit = auditDisabling(ctx)
  }

  readonly #tellDisabled = ({ organizationId, id: webhookId }: Scoped): void => {
    this.#ctx.observe?.({ type: 'webhook.disabled', organizationId, webhookId, reason: 'gone' })
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
    if (this.#isAway) return
    while (this.#waiting.length > 0) void this.#write(this.#waiting.splice(0, maxSize))
  }

  async #write(batch: Waiting[]): Promise<void> {
    try {
      this.#giveUp.signal.throwIfAborted()
      await this.#writeOnce(batch)
    } catch (error) {
      if (isPassing(error)) await this.#hold(batch)
      else await this.#writeEach(batch, error)
    }
  }

  async #writeOnce(batch: readonly Waiting[]): Promise<void> {
    const settlements = batch.map(({ settlement }) => settlement)
    const written = await this.#ctx.storage.settleDeliveries(settlements, {
      now: this.#ctx.storageTime(),
      audit: this.#audit,
      onDisabled: this.#tellDisabled,
    })
    batch.forEach(({ settled }, index) => settled(written[index] ?? false))
  }

  /** One row that cannot be written must not keep the others from it. */
  async #writeEach(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (batch.length > 1) await Promise.all(batch.map(async (one) => this.#write([one])))
    else batch.forEach(({ failed }) => failed(error))
  }

  /** Keeps results until the storage is back. The first batch to come here asks whether it is. */
  async #hold(batch: Waiting[]): Promise<void> {
    if (this.#isAway) {
      this.#waiting.unshift(...batch)
      return
    }
    this.#isAway = true
    try {
      await this.#repeat(async () => this.#writeOnce(batch))
    } catch (error) {
      await this.#writeEach(batch, error)
    } finally {
      this.#isAway = false
      this.#flush()
    }
  }

  async #repeat<Result>(write: () => Promise<Result>): Promise<Result> {
    return pRetry(write, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 200,
      maxTimeout: 2000,
      randomize: true,
      signal: this.#giveUp.signal,
      shouldRetry: ({ error }) => isPassing(error),
      onFailedAttempt: ({ error, attemptNumber }) => {
        this.#ctx.logger.warn(
          { err: error, attempt: attemptNumber },
          'Results of deliveries could not be written yet',
        )
      },
    })
  }
}

function isPassing(error: unknown): boolean {
  return isLeadhooksError(error) && error.code === 'storage_unavailable'
}
