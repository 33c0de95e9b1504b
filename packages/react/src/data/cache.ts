import { type ApiError, isApiError, type LeadhooksClient } from '@leadhooks/client'

/** What is known of one question to the API. */
export interface Answer<T> {
  /** What was answered last; undefined before the first answer. */
  data: T | undefined
  /** Why the last try brought nothing; undefined when it did. What was known before stays in `data`. */
  error: ApiError | undefined
  isLoading: boolean
}

export type Read<T> = (signal: AbortSignal) => Promise<T>

interface Entry {
  answer: Answer<unknown>
  listeners: Set<() => void>
  read: Read<unknown> | undefined
  running: AbortController | undefined
}

export const nothingYet: Answer<never> = { data: undefined, error: undefined, isLoading: true }

/** Answers of the API by key, shared by all components of a client. Only what is looked at is kept. */
export interface Cache {
  answer: (key: string) => Answer<unknown>
  /** Asks, unless that is under way. */
  load: (key: string, read: Read<unknown>) => void
  /** Asks again for all whose key begins so: something of it has changed. */
  invalidate: (prefix: string) => void
  /** Puts a known answer in. */
  set: (key: string, data: unknown) => void
  subscribe: (key: string, listener: () => void) => () => void
}

export function createCache(): Cache {
  const entries = new Map<string, Entry>()

  function entryOf(key: string): Entry {
    const known = entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = { answer: nothingYet, listeners: new Set(), read: undefined, running: undefined }
    entries.set(key, entry)
    return entry
  }

  function tell(entry: Entry, answer: Answer<unknown>): void {
    entry.answer = answer
    for (const listener of entry.listeners) listener()
  }

  async function run(entry: Entry, read: Read<unknown>): Promise<void> {
    const controller = new AbortController()
    entry.read = read
    entry.running = controller
    tell(entry, { ...entry.answer, isLoading: true })
    try {
      const data = await read(controller.signal)
      if (entry.running === controller) tell(entry, { data, error: undefined, isLoading: false })
    } catch (error) {
      if (entry.running === controller)
        tell(entry, { ...entry.answer, error: toApiError(error), isLoading: false })
    } finally {
      if (entry.running === controller) entry.running = undefined
    }
  }

  function abort(entry: Entry): void {
    entry.running?.abort()
    entry.running = undefined
  }

  return {
    answer: (key) => entries.get(key)?.answer ?? nothingYet,
    load(key, read) {
      const entry = entryOf(key)
      if (entry.running === undefined) void run(entry, read)
    },
    invalidate(prefix) {
      for (const [key, entry] of entries) {
        if (!key.startsWith(prefix) || entry.read === undefined) continue
        // An answer that is under way may be from before the change.
        abort(entry)
        void run(entry, entry.read)
      }
    },
    set(key, data) {
      const entry = entryOf(key)
      abort(entry)
      tell(entry, { data, error: undefined, isLoading: false })
    },
    subscribe(key, listener) {
      const entry = entryOf(key)
      entry.listeners.add(listener)
      return () => {
        entry.listeners.delete(listener)
        if (entry.listeners.size > 0 || entries.get(key) !== entry) return
        abort(entry)
        entries.delete(key)
      }
    },
  }
}

const caches = new WeakMap<LeadhooksClient, Cache>()

export function cacheOf(client: LeadhooksClient): Cache {
  const known = caches.get(client)
  if (known !== undefined) return known
  const cache = createCache()
  caches.set(client, cache)
  return cache
}

/** What is thrown otherwise is a mistake in the code: it is to be seen. */
function toApiError(error: unknown): ApiError {
  if (isApiError(error)) return error
  throw error
}
