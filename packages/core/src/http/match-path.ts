import type { Route } from './route.ts'

/** A path of the API that fits. */
export interface PathMatch {
  /** By method. */
  routes: ReadonlyMap<string, Route>
  /** What stands for `{id}`, still percent-encoded; empty where the path has none. */
  encodedId: string
}

interface CompiledPath {
  segments: readonly string[]
  idAt: number
  routes: Map<string, Route>
}

/** Prepares the paths of a table for matching. `/keys` and `/keys/` are the same; literal segments win over `{id}`. */
export function compilePaths(routes: readonly Route[]): (path: string) => PathMatch | null {
  // In order of character codes `{` comes after every letter, so that the first path that fits is the most literal one.
  const paths = [...new Set(routes.map(({ path }) => path))].sort().map((path) => compilePath(path, routes))

  return (path) => {
    const segments = split(path)
    const found = paths.find((candidate) => fits(candidate, segments))
    return found === undefined ? null : { routes: found.routes, encodedId: segments[found.idAt] ?? '' }
  }
}

function compilePath(path: string, routes: readonly Route[]): CompiledPath {
  const segments = split(path)
  const own = routes.filter((route) => route.path === path)
  return {
    segments,
    idAt: segments.indexOf('{id}'),
    routes: new Map(own.map((route) => [route.method, route])),
  }
}

function fits(path: CompiledPath, segments: readonly string[]): boolean {
  if (path.segments.length !== segments.length) return false
  return path.segments.every((segment, i) =>
    segment === '{id}' ? segments[i] !== '' : segment === segments[i],
  )
}

function split(path: string): string[] {
  return (path.endsWith('/') ? path.slice(0, -1) : path).split('/')
}
