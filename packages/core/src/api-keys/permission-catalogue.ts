import { LeadhooksError } from '../errors.ts'

/** What the management API itself guards. */
const ownResources = [
  'api-keys',
  'webhooks',
  'events',
  'event-types',
  'deliveries',
  'analytics',
  'organization',
  'workers',
  'audit-log',
  'secrets',
]

/**
 * Refuses permissions for resources that there are not: a key with a misspelt one would be refused everywhere, and nobody
 * would know why. Without a catalogue of the host's resources any will do.
 */
export function checkPermissions(
  resources: readonly string[] | undefined,
  permissions: readonly string[] | undefined,
): void {
  if (resources === undefined || permissions === undefined) return
  const known = new Set(['*', ...ownResources, ...resources])
  permissions.forEach((permission, index) => {
    const [, resource = '*'] = permission.split(':')
    if (known.has(resource)) return
    const names = [...known].filter((name) => name !== '*').map((name) => `"${name}"`)
    const message = `There is no resource "${resource}", asked for by "${permission}": there are ${names.join(', ')}`
    const issues = [{ pointer: `/permissions/${index}`, message }]
    throw new LeadhooksError('invalid_request', message, { issues })
  })
}
