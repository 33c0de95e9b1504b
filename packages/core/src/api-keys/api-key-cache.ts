import type { Clock } from '../clock.ts'
import type { ApiKeyWatch } from '../storage/storage.ts'
import type { KnownApiKey } from './known-api-key.ts'
import { RecentMap } from './recent-map.ts'

export interface ApiKeyCacheSettings {
  /** How many keys are kept at most; 0 for none: then every check reads. */
  mostKeys: number
  /** How long a key is kept at most, whatever is heard of it. */
  lifetimeMs: number
}

/** Finds the key of a token, told when the reading begins. */
type Read = (readAt: number) => Promise<KnownApiKey | null>

/** A reading under way. */
interface Reading {
  answer: Promise<KnownApiKey | null>
  startedAt: number
}

/** Unknown tokens have room of their own, so that a flood of them pushes no key out. */
const mostUnknown = 1000
const unknownLifetimeMs = 1000
/** How long a key is kept where a change that another process makes may not be heard of. */
const unsureLifetimeMs = 1000

/** Who tells of changes that other processes make. */
export interface ApiKeyNews {
  watch(onChange: (apiKeyId: string | null) => void): ApiKeyWatch
  /** Whether a change cannot be written without being told of, as where the database itself tells. */
  isSure: boolean
}

/**
 * What is known of tokens, by their name. Nothing is answered past its lifetime, nor while it is not certain that changes made
 * elsewhere would be heard of: a revoked key is refused within a second everywhere.
 */
export class ApiKeyCache {
  readonly #clock: Clock
  readonly #lifetimeMs: number
  readonly #isOn: boolean
  readonly #known: RecentMap<KnownApiKey>
  /** When the reading that found nothing began. */
  readonly #unknown = new RecentMap<number>(mostUnknown)
  readonly #loading = new Map<string, Reading>()
  readonly #startWatch: (() => ApiKeyWatch) | undefined
  #watch: ApiKeyWatch | undefined
  /** Counts what was forgotten: what was read before must not be kept after. */
  #generation = 0

  constructor(clock: Clock, { mostKeys, lifetimeMs }: ApiKeyCacheSettings, news: ApiKeyNews | undefined) {
    this.#clock = clock
    this.#isOn = mostKeys > 0
    this.#known = new RecentMap(mostKeys)
    this.#lifetimeMs = news?.isSure === true ? lifetimeMs : Math.min(lifetimeMs, unsureLifetimeMs)
    this.#startWatch = news && (() => news.watch((id) => (id === null ? this.clear() : this.forget(id))))
  }

  /** What is known of a token: null that there is none, undefined that nothing is. */
  get(name: string, now: number): KnownApiKey | null | undefined {
    const known = this.#known.get(name)
    if (known !== undefined)
      return isYoung(known.readAt, this.#lifetimeMs, now) && this.#isCurrent() ? known : undefined
    const readAt = this.#unknown.get(name)
    return readAt !== undefined && isYoung(readAt, unknownLifetimeMs, now) ? null : undefined
  }

  /** Reads what is not known. Callers who ask for the same token at once wait for one reading. */
  async load(name: string, read: Read): Promise<KnownApiKey | null> {
    const now = this.#clock.now()
    const underWay = this.#loading.get(name)
    // One that takes long may have seen the key as it was long ago.
    if (underWay !== undefined && isYoung(underWay.startedAt, unsureLifetimeMs, now)) return underWay.answer
    const answer = this.#read(name, now, read).finally(() => {
      // What was forgotten meanwhile may be read anew already.
      if (this.#loading.get(name)?.answer === answer) this.#loading.delete(name)
    })
    this.#loading.set(name, { answer, startedAt: now })
    return answer
  }

  /** Forgets a key: it was changed. */
  forget(apiKeyId: string): void {
    this.#generation++
    this.#loading.clear()
    this.#known.deleteWhere(({ apiKey }) => apiKey.id === apiKeyId)
  }

  async close(): Promise<void> {
    await this.#watch?.end()
  }

  /** Forgets all: any may have been changed. */
  clear(): void {
    this.#generation++
    this.#loading.clear()
    this.#known.clear()
    this.#unknown.clear()
  }

  #isCurrent(): boolean {
    return this.#watch === undefined || this.#watch.isCurrent()
  }

  async #read(name: string, readAt: number, read: Read): Promise<KnownApiKey | null> {
    if (this.#isOn) this.#watch ??= this.#startWatch?.()
    // Asked before, so that a change that is heard of meanwhile counts as one.
    const isCurrent = this.#isCurrent()
    const generation = this.#generation
    const known = await read(readAt)
    if (!this.#isOn || !isCurrent || generation !== this.#generation) return known
    if (known === null) this.#unknown.set(name, readAt)
    else this.#known.set(name, known)
    return known
  }
}

/** A clock that was set back makes nothing younger. */
function isYoung(readAt: number, lifetimeMs: number, now: number): boolean {
  return now >= readAt && now - readAt < lifetimeMs
}
