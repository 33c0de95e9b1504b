import { type InsertedEvent, LeadhooksError, type NewEvent } from '@leadhooks/core/storage'

/** So many events go into one statement at most. */
const maxSize = 500

type Write = (events: readonly NewEvent[]) => Promise<InsertedEvent[]>

interface Caller {
  events: readonly NewEvent[]
  write: Write
  done: (inserted: InsertedEvent[]) => void
  failed: (error: unknown) => void
}

/**
 * Events that come while others are being written wait for that, and then go together: one statement and one commit for all
 * of them. A caller by itself never waits. Each is told when its own events are there.
 */
export class GroupedInserts {
  #waiting: Caller[] = []
  #isWriting = false

  async write(events: readonly NewEvent[], write: Write): Promise<InsertedEvent[]> {
    if (events.length >= maxSize) return write(events)
    return new Promise((done, failed) => {
      this.#waiting.push({ events, write, done, failed })
      if (!this.#isWriting) void this.#writeAll()
    })
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) await writeTogether(this.#takeGroup())
    this.#isWriting = false
  }

  #takeGroup(): Caller[] {
    let size = 0
    let count = 0
    while (count < this.#waiting.length && size < maxSize) size += this.#waiting[count++]?.events.length ?? 0
    return this.#waiting.splice(0, count)
  }
}

async function writeTogether(group: readonly Caller[]): Promise<void> {
  const [first] = group
  if (first === undefined) return
  try {
    const inserted = await first.write(group.flatMap(({ events }) => events))
    let from = 0
    for (const { events, done } of group) done(inserted.slice(from, (from += events.length)))
  } catch (error) {
    // What is wrong with one must not keep the others out; where the database is gone, it is gone for all.
    const isGone = error instanceof LeadhooksError && error.code === 'storage_unavailable'
    if (group.length > 1 && !isGone) await Promise.all(group.map(async (caller) => writeTogether([caller])))
    else for (const { failed } of group) failed(error)
  }
}
