import { useSyncExternalStore } from 'react'

/** How the last request went: it was answered, nobody was signed in any more, or the server could not be reached. */
export type Connection = 'good' | 'signed_out' | 'gone'

let current: Connection = 'good'
const listeners = new Set<() => void>()

function tell(next: Connection): void {
  if (next === current) return
  current = next
  for (const listener of listeners) listener()
}

/** What the client sends with: it notes how each request went. */
export const watchedFetch: typeof fetch = async (...request) => {
  try {
    const response = await fetch(...request)
    tell(response.status === 401 ? 'signed_out' : isOutage(response.status) ? 'gone' : 'good')
    return response
  } catch (error) {
    const isGivenUp = error instanceof Error && error.name === 'AbortError'
    if (!isGivenUp) tell('gone')
    throw error
  }
}

/** What proxies answer in the place of a server that is not there. */
function isOutage(status: number): boolean {
  return status === 502 || status === 503 || status === 504
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => current,
  )
}
