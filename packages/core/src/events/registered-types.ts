import type { Clock } from '../clock.ts'
import { RecentMap } from '../api-keys/recent-map.ts'
import { isLeadhooksError, LeadhooksError } from '../errors.ts'
import type { EventTypeKey, EventTypeRules, Storage } from '../storage/storage.ts'
import { compileSchema, type SchemaCheck } from './json-schema.ts'

/** How long what other processes have changed can go unnoticed. What is changed in this one is noticed at once. */
const lifetimeMs = 10_000
const mostKept = 1000

/** What the data of a registered event type is checked by, and what of it is shown to few. */
export interface RegisteredType {
  check: SchemaCheck
  sensitive: readonly string[]
}

/**
 * The event types that were registered at run time, as this process knows them. When events come whose types are not in code, it asks
 * every five seconds whether any was changed, by one short statement beside them; when one was, it forgets what it knows. After a pause
 * of ten seconds an event waits for that.
 */
export class RegisteredTypes {
  readonly #storage: Storage
  readonly #clock: Clock
  readonly #kept = new RecentMap<RegisteredType | null>(mostKept)
  #version: number | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  /** Counts how often all was forgotten: what was read before that is not kept. */
  #forgotten = 0
  #asking: Promise<void> | undefined
  readonly #loading = new Map<string, Promise<RegisteredType | null>>()

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage
    this.#clock = clock
  }

  /** Undefined where the storage has to be asked; null where there is no such type. */
  known(key: EventTypeKey): RegisteredType | null | undefined {
    const age = this.#clock.now() - this.#askedAt
    if (age >= lifetimeMs) return undefined
    if (age >= lifetimeMs / 2) this.#ask().catch(() => {})
    return this.#version === 0 ? null : this.#kept.get(keyOf(key))
  }

  async find(key: EventTypeKey, tx?: unknown): Promise<RegisteredType | null> {
    const known = this.known(key)
    if (known !== undefined) return known
    if (tx === undefined) return this.#load(key)
    // Another connection is not waited for while the host holds one: all of them may be held so.
    this.#load(key).catch(() => {})
    return toType(key, await this.#storage.findEventTypeRules(key, { tx }))
  }

  findSync(key: EventTypeKey, tx?: unknown): RegisteredType | null {
    const known = this.known(key)
    if (known !== undefined) return known
    this.#load(key).catch(() => {})
    return toType(key, this.#storage.findEventTypeRulesSync?.(key, { tx }) ?? null)
  }

  /** Asks ahead of the first event, so that it need not. */
  async prepare(): Promise<void> {
    await this.#ask()
  }

  /** One was changed here. */
  forget(): void {
    this.#forgotten++
    this.#kept.clear()
    this.#loading.clear()
    this.#asking = undefined
    this.#askedAt = Number.NEGATIVE_INFINITY
  }

  /** Asks once for all who want to know the same. */
  async #load(key: EventTypeKey): Promise<RegisteredType | null> {
    const id = keyOf(key)
    const loading = this.#loading.get(id) ?? this.#loadOnce(key)
    this.#loading.set(id, loading)
    try {
      return await loading
    } finally {
      if (this.#loading.get(id) === loading) this.#loading.delete(id)
    }
  }

  async #loadOnce(key: EventTypeKey): Promise<RegisteredType | null> {
    if (this.#clock.now() - this.#askedAt >= lifetimeMs) await this.#ask()
    const known = this.known(key)
    if (known !== undefined) return known
    const forgotten = this.#forgotten
    const type = toType(key, await this.#storage.findEventTypeRules(key))
    if (forgotten === this.#forgotten) this.#kept.set(keyOf(key), type)
    return type
  }

  async #ask(): Promise<void> {
    const asking = (this.#asking ??= this.#askOnce())
    try {
      await asking
    } finally {
      if (this.#asking === asking) this.#asking = undefined
    }
  }

  async #askOnce(): Promise<void> {
    const askedAt = this.#clock.now()
    const forgotten = this.#forgotten
    const version = await this.#storage.eventTypesVersion()
    if (forgotten !== this.#forgotten) return
    if (version !== this.#version) {
      this.#forgotten++
      this.#kept.clear()
    }
    this.#version = version
    this.#askedAt = askedAt
  }
}

function keyOf({ organizationId, name }: EventTypeKey): string {
  return `${name} ${organizationId}`
}

function toType({ name }: EventTypeKey, rules: EventTypeRules | null): RegisteredType | null {
  if (rules === null) return null
  try {
    return { check: compileSchema(rules.schema), sensitive: rules.sensitive }
  } catch (cause) {
    if (!isLeadhooksError(cause)) throw cause
    const message = `The schema of the registered event type "${name}" cannot be used: ${cause.message}`
    throw new LeadhooksError('storage_corrupt', message, { cause })
  }
}
