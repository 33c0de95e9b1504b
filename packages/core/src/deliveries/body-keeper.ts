import { setImmediate } from 'node:timers/promises'
import type { Context } from '../context.ts'
import type { KeptBody } from '../storage/storage.ts'

/** More is not written at once, but for what one call brings. */
const mostCharacters = 4_000_000

interface Waiting {
  bodies: readonly KeptBody[]
  kept: (answers: boolean[]) => void
  failed: (error: unknown) => void
}

/** Writes bodies that were made, those of many webhooks by one statement: what comes while one is written goes with the next. */
export class BodyKeeper {
  readonly #ctx: Pick<Context, 'storage'>
  readonly #waiting: Waiting[] = []
  #isWriting = false

  constructor(ctx: Pick<Context, 'storage'>) {
    this.#ctx = ctx
  }

  /** Answers which of them are kept: the others' leases are lost. */
  async keep(bodies: readonly KeptBody[]): Promise<boolean[]> {
    if (bodies.length === 0) return []
    const answers = new Promise<boolean[]>((kept, failed) => this.#waiting.push({ bodies, kept, failed }))
    if (!this.#isWriting) void this.#writeAll()
    return answers
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true
    // What else is made in this turn goes along.
    await setImmediate()
    while (this.#waiting.length > 0) await this.#write(this.#takeNext())
    this.#isWriting = false
  }

  #takeNext(): Waiting[] {
    let characters = 0
    const isFull = ({ bodies }: Waiting, index: number): boolean => {
      for (const { body } of bodies) characters += body?.length ?? 0
      return index > 0 && characters > mostCharacters
    }
    const end = this.#waiting.findIndex(isFull)
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#ctx.storage.keepBodies(batch.flatMap(({ bodies }) => bodies))
      let next = 0
      for (const { bodies, kept } of batch) kept(answers.slice(next, (next += bodies.length)))
    } catch (error) {
      for (const { failed } of batch) failed(error)
    }
  }
}
