import { randomUUID } from 'node:crypto'
import type { Database } from './database.ts'
import type { LaneName } from './insert-events.ts'
import { Listener } from './listener.ts'

/** More notices than this in one window, and this process asks by itself instead: it is busy, and so is everyone. */
const mostNotices = 100
const windowMs = 250
/** So often it asks then; so long without anything due, and it listens again. */
const askIntervalMs = 5
const quietMs = 1000

export interface WakeUpOptions {
  /** Whether connections last, so that one of them can listen. */
  canListen: boolean
  /** A lane was named in a notice. */
  onLane: (lane: LaneName) => void
}

/**
 * Tells the workers of this process that something is due. While there is little to do, the database says so at once; when
 * there is much, it is asked every few milliseconds, which is cheaper for everyone.
 */
export class WakeUps {
  readonly #database: Database
  readonly #options: WakeUpOptions
  readonly #watchers = new Set<() => void>()
  #listener: Listener | undefined
  #notices = 0
  #windowFrom = 0
  #asking: NodeJS.Timeout | undefined
  #lastDueAt = 0

  constructor(database: Database, options: WakeUpOptions) {
    this.#database = database
    this.#options = options
  }

  /** Whether this process has workers: then its own dispatches need no notice. */
  get isWatched(): boolean {
    return this.#watchers.size > 0
  }

  /** Calls `onWork` when something may be due; answers how to end it. */
  watch(onWork: () => void): () => Promise<void> {
    this.#watchers.add(onWork)
    if (this.#options.canListen)
      this.#listener ??= new Listener(this.#database, randomUUID(), {
        onNotice: (payload) => this.#hear(payload),
      })
    return async () => {
      this.#watchers.delete(onWork)
      if (this.#watchers.size === 0) await this.close()
    }
  }

  wake(): void {
    for (const onWork of this.#watchers) onWork()
  }

  /** A claim has brought so many. */
  claimed(count: number): void {
    if (count > 0) this.#lastDueAt = performance.now()
  }

  async close(): Promise<void> {
    this.#watchers.clear()
    this.#stopAsking()
    const listener = this.#listener
    this.#listener = undefined
    await listener?.end()
  }

  #hear(payload: string): void {
    const end = payload.indexOf(' ')
    if (end > 0)
      this.#options.onLane({ webhookId: payload.slice(0, end), organizationId: payload.slice(end + 1) })
    this.wake()
    this.#count()
  }

  #count(): void {
    const now = performance.now()
    if (now - this.#windowFrom > windowMs) {
      this.#windowFrom = now
      this.#notices = 0
    }
    this.#notices++
    if (this.#notices > mostNotices && this.#asking === undefined) this.#startAsking()
  }

  #startAsking(): void {
    if (this.#listener === undefined) return
    this.#listener.wantsNotices = false
    this.#lastDueAt = performance.now()
    this.#asking = setInterval(() => {
      if (performance.now() - this.#lastDueAt > quietMs) this.#stopAsking()
      else this.wake()
    }, askIntervalMs)
  }

  #stopAsking(): void {
    clearInterval(this.#asking)
    this.#asking = undefined
    if (this.#listener !== undefined) this.#listener.wantsNotices = true
  }
}
