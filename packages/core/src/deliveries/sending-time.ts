import type { Context } from '../context.ts'

/** An answer that took longer says too little of when it was made. */
const longestAnswerMs = 2000

/**
 * The time that receivers are told, and that attempts are recorded by: the storage's, where it has a clock of its own. A
 * receiver refuses a signature that is five minutes off, so a worker whose machine has the wrong time would get nothing
 * through. From one comparison to the next this goes by monotonic time, which nobody can set.
 */
export class SendingTime {
  readonly #ctx: Context
  #compared: { storageMs: number; monotonicMs: number } | undefined

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** Whether nothing can be said yet. */
  get isUnknown(): boolean {
    return this.#hasOther && this.#compared === undefined
  }

  /** Asks the storage for its time. Throws what the storage throws; then what is known stays. */
  async compare(): Promise<void> {
    if (!this.#hasOther) return
    const askedAt = performance.now()
    const storageTime = await this.#ctx.storage.currentTime?.()
    const answeredAt = performance.now()
    if (storageTime === undefined) return
    if (this.#compared !== undefined && answeredAt - askedAt > longestAnswerMs) return
    this.#compared = { storageMs: storageTime.getTime(), monotonicMs: (askedAt + answeredAt) / 2 }
  }

  /** Milliseconds since the epoch. */
  now(): number {
    if (this.#compared === undefined) return this.#ctx.clock.now()
    const { storageMs, monotonicMs } = this.#compared
    return storageMs + performance.now() - monotonicMs
  }

  /** A clock that the host gave stands for the storage's too. */
  get #hasOther(): boolean {
    return this.#ctx.storage.currentTime !== undefined && this.#ctx.storageTime() === undefined
  }
}

/** That time, for one request. */
export async function sendingTime(ctx: Context): Promise<number> {
  const time = new SendingTime(ctx)
  await time.compare()
  return time.now()
}
