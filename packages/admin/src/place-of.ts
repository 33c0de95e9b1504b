/** What a path leads to. */
export type Place =
  | { kind: 'page' }
  /** The page without the slash at its end, from which relative addresses would lead elsewhere. `name`: its last segment. */
  | { kind: 'bare'; name: string }
  | { kind: 'asset'; name: string }
  | { kind: 'session' }
  /** The management API, at this path. */
  | { kind: 'api'; basePath: string }

/**
 * Reads a path without being told where the admin UI is mounted: all that it serves beside its page is below a segment `-`.
 * No path of the management API goes on like one of these, so that the last one counts, whatever the mount is called.
 */
export function placeOf(path: string): Place {
  const [, mount, area, rest = ''] = /^(.*)\/-\/(api|assets|session)(\/.*)?$/.exec(path) ?? []
  if (area === 'api') return { kind: 'api', basePath: `${mount}/-/api` }
  if (area === 'assets') return { kind: 'asset', name: rest.slice(1) }
  if (area === 'session') return { kind: 'session' }
  return path.endsWith('/') ? { kind: 'page' } : { kind: 'bare', name: path.slice(path.lastIndexOf('/') + 1) }
}

/** Whether a path, relative to the mount, is one of the admin UI's. */
export function isOurs(path: string): boolean {
  return path === '' || path === '/' || path.startsWith('/-/')
}
