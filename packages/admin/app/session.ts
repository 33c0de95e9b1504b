import { useCallback, useEffect, useState } from 'react'
import type { Session } from '../src/session.ts'

export type { Session }

/** Beside the page, wherever that is. */
const beside = (path: string): string => new URL(`-/${path}`, location.href).pathname
export const apiUrl = beside('api')

export type Loaded =
  | { state: 'loading' }
  | { state: 'failed' }
  | { state: 'signed_out' }
  | { state: 'ready'; session: Session }

/** Asks who is there. */
export function useSession(): Loaded & { reload: () => void } {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' })
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const controller = new AbortController()
    const ask = async (): Promise<void> => {
      const result = await load(controller.signal)
      if (!controller.signal.aborted) setLoaded(result)
    }
    void ask()
    return () => controller.abort()
  }, [turn])
  const reload = useCallback(() => setTurn((last) => last + 1), [])
  return { ...loaded, reload }
}

async function load(signal: AbortSignal): Promise<Loaded> {
  try {
    await useCode()
    const response = await fetch(beside('session'), { signal, headers: { accept: 'application/json' } })
    if (response.status === 401) return { state: 'signed_out' }
    if (!response.ok) return { state: 'failed' }
    return { state: 'ready', session: (await response.json()) as Session }
  } catch {
    return { state: 'failed' }
  }
}

let used: Promise<Response> | undefined

/** A code in the address opens a session, once; it is gone from there before anything else happens. */
async function useCode(): Promise<void> {
  const [, code] = /^#code=([\w-]+)$/.exec(location.hash) ?? []
  if (code !== undefined) {
    history.replaceState(null, '', '#/')
    used = fetch(beside('session'), { method: 'POST', body: code })
  }
  await used
}
