import { setImmediate } from 'node:timers/promises'
import type { Context } from '../context.ts'
import type { ThrottleDraw } from '../storage/storage.ts'

interface Waiting {
  draw: ThrottleDraw
  drawn: (count: number) => void
  failed: (error: unknown) => void
}

/** Draws from throttles, from those of many webhooks by one statement: what comes while one is under way goes with the next. */
export class ThrottleDraws {
  readonly #ctx: Pick<Context, 'storage' | 'storageTime'>
  readonly #waiting: Waiting[] = []
  #isDrawing = false

  constructor(ctx: Pick<Context, 'storage' | 'storageTime'>) {
    this.#ctx = ctx
  }

  /** Answers how many are let through. */
  async draw(draw: ThrottleDraw): Promise<number> {
    const count = new Promise<number>((drawn, failed) => this.#waiting.push({ draw, drawn, failed }))
    if (!this.#isDrawing) void this.#drawAll()
    return count
  }

  async #drawAll(): Promise<void> {
    this.#isDrawing = true
    // What else is asked in this turn goes along.
    await setImmediate()
    while (this.#waiting.length > 0) await this.#drawTogether(this.#waiting.splice(0))
    this.#isDrawing = false
  }

  async #drawTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      const draws = batch.map(({ draw }) => draw)
      const counts = await this.#ctx.storage.drawFromThrottles(draws, { now: this.#ctx.storageTime() })
      batch.forEach(({ drawn }, index) => drawn(counts[index] ?? 0))
    } catch (error) {
      // One that cannot be drawn from must not keep the others from it.
      if (batch.length > 1) await Promise.all(batch.map(async (one) => this.#drawTogether([one])))
      else batch[0]?.failed(error)
    }
  }
}
