import { type InsertedEvent, LeadhooksError, type NewEvent } from '@leadhooks/core/storage'
import { isBusy } from './driver-errors.ts'
import { insertEvents } from './insert-events.ts'
import type { OwnConnection } from './own-connection.ts'

interface Call {
  events: readonly NewEvent[]
  now: Date | undefined
  resolve: (inserted: InsertedEvent[]) => void
  reject: (error: unknown) => void
}

/**
 * Writes the events of callers who come at the same moment by one transaction: what takes time is to commit, and they
 * share that. A caller who comes alone waits for nobody.
 */
export class GroupCommit {
  readonly #own: OwnConnection
  #calls: Call[] = []

  constructor(own: OwnConnection) {
    this.#own = own
  }

  async insertEvents(events: readonly NewEvent[], now: Date | undefined): Promise<InsertedEvent[]> {
    return new Promise((resolve, reject) => {
      this.#calls.push({ events, now, resolve, reject })
      // Comes after all promises that are settled by now: many a caller is just behind the first.
      if (this.#calls.length === 1) process.nextTick(() => void this.#flush())
    })
  }

  async #flush(): Promise<void> {
    const calls = this.#calls
    this.#calls = []
    try {
      const results = await this.#write(calls)
      calls.forEach(({ resolve }, index) => resolve(results[index] ?? []))
    } catch (error) {
      if (calls.length > 1 && !isLocked(error)) await this.#writeEach(calls)
      else calls.forEach(({ reject }) => reject(error))
    }
  }

  /** One call that cannot be written must not take the others with it. */
  async #writeEach(calls: readonly Call[]): Promise<void> {
    for (const call of calls)
      await this.#write([call]).then(([inserted = []]) => call.resolve(inserted), call.reject)
  }

  async #write(calls: readonly Call[]): Promise<InsertedEvent[][]> {
    return this.#own.write((connection) => {
      const clock = Date.now()
      return calls.map(({ events, now }) => insertEvents(connection, events, now?.getTime() ?? clock))
    })
  }
}

/** Whether they have all waited for the lock already. */
function isLocked(error: unknown): boolean {
  return error instanceof LeadhooksError && isBusy(error.cause)
}
