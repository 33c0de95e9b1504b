import { useSyncExternalStore } from 'react'

/** Which screen is open, and what it is told: filters, what is open in it. All of it is in the fragment of the address. */
export interface Route {
  screen: string
  parameters: Record<string, string>
}

/** `#/deliveries?status=dead_letter`. Without one: the overview. */
export function readRoute(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#\/?/, '').split('?')
  return {
    screen: path === '' ? 'overview' : path,
    parameters: Object.fromEntries(new URLSearchParams(query)),
  }
}

export function toFragment({ screen, parameters }: Route): string {
  const query = new URLSearchParams(parameters).toString()
  return `#/${screen}${query === '' ? '' : `?${query}`}`
}

const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('hashchange', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('hashchange', listener)
  }
}

export function useRoute(): Route {
  return readRoute(useSyncExternalStore(subscribe, () => location.hash))
}

/** Opens a screen: the way back leads to the one before. */
export function open(route: Route): void {
  history.pushState(null, '', toFragment(route))
  for (const listener of listeners) listener()
}

/** Writes into the address what the open screen shows: the way back leads past it. */
export function note(route: Route): void {
  history.replaceState(null, '', toFragment(route))
  for (const listener of listeners) listener()
}
