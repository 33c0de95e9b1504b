'use client'
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { type Answer, nothingYet, type Read } from './cache.ts'

export interface Query<T> extends Answer<T> {
  /** True while `data` is the answer to the question before this one. */
  isPrevious: boolean
  reload: () => void
}

export interface QueryOptions {
  /** Asks again every so often, while the page is seen. @default only once */
  refreshMs?: number | undefined
}

/** Asks the API, and keeps asking. `key` says what is asked for: components that ask for the same share the answer. */
export function useQuery<T>(key: string, read: Read<T>, { refreshMs }: QueryOptions = {}): Query<T> {
  const { cache } = useLeadhooks()
  const latestRead = useRef(read)
  useEffect(() => {
    latestRead.current = read
  })
  const load = useCallback(() => cache.load(key, (signal) => latestRead.current(signal)), [cache, key])
  const subscribe = useCallback((listener: () => void) => cache.subscribe(key, listener), [cache, key])
  const answer = useSyncExternalStore(
    subscribe,
    () => cache.answer(key) as Answer<T>,
    () => nothingYet as Answer<T>,
  )
  useEffect(load, [load])
  useRefresh(load, refreshMs)

  // While the next question is open, what was seen stays: a page of a list does not flicker.
  const previous = useRef<T | undefined>(undefined)
  useEffect(() => {
    if (answer.data !== undefined) previous.current = answer.data
  })
  const isPrevious = answer.data === undefined && answer.error === undefined && previous.current !== undefined
  return { ...answer, data: isPrevious ? previous.current : answer.data, isPrevious, reload: load }
}

function useRefresh(load: () => void, refreshMs: number | undefined): void {
  useEffect(() => {
    if (refreshMs === undefined) return undefined
    const refresh = (): void => {
      if (document.visibilityState === 'visible') load()
    }
    const timer = setInterval(refresh, refreshMs)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [load, refreshMs])
}
