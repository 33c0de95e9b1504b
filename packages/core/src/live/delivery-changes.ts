import type { Clock } from '../clock.ts'
import type { Log } from '../logging/log.ts'
import type { NotedChange, Storage } from '../storage/storage.ts'
import type { DeliveryChange } from './delivery-change.ts'

const flushAfterMs = 100
/** More than this is not kept where the storage does not take it: who follows misses some then. */
const mostPending = 5000

export interface DeliveryChangesOptions {
  clock: Clock
  logger: Log
  storageTime: () => Date | undefined
}

/** Writes down what becomes of deliveries, for the streams of all processes; of organizations that nobody follows, nothing. */
export class DeliveryChanges {
  readonly #storage: Storage
  readonly #options: DeliveryChangesOptions
  #watched: ReadonlySet<string> = new Set()
  #pending: NotedChange[] = []
  #writing: Promise<void> | undefined
  #cancel: (() => void) | undefined
  /** Told when something was noted. */
  onNoted = (): void => {}

  constructor(storage: Storage, options: DeliveryChangesOptions) {
    this.#storage = storage
    this.#options = options
  }

  /** Whether somebody follows an organization, as it was known a few seconds ago. */
  isWatched(organizationId: string): boolean {
    return this.#watched.has(organizationId)
  }

  async refresh(): Promise<void> {
    this.#watched = new Set(await this.#storage.listWatched({ now: this.#options.storageTime() }))
  }

  /** Of an organization that nobody follows the storage writes nothing. */
  note(organizationId: string, change: DeliveryChange): void {
    if (this.#pending.length >= mostPending) return
    this.#pending.push({ organizationId, change: JSON.stringify(change) })
    this.#cancel ??= this.#options.clock.schedule(() => void this.#flush(), flushAfterMs)
  }

  /** Writes what is left. */
  async idle(): Promise<void> {
    await this.#flush()
  }

  async #flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    this.#writing = (this.#writing ?? Promise.resolve()).then(async () => this.#write())
    await this.#writing
  }

  async #write(): Promise<void> {
    const changes = this.#pending.splice(0)
    if (changes.length === 0) return
    try {
      await this.#storage.noteChanges(changes, { now: this.#options.storageTime() })
      this.onNoted()
    } catch (error) {
      const count = changes.length
      this.#options.logger.warn(
        { err: error, count },
        'Changes of deliveries could not be told to live streams',
      )
    }
  }
}
