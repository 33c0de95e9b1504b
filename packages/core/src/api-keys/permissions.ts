import type { ApiKey, Role } from '../model/api-key.ts'

/** What a caller may do, as `action:resource` patterns, less the resources that its role keeps out. */
export interface Access {
  permissions: readonly string[]
  except: readonly string[]
}

const roleAccess: Record<Role, Access> = {
  admin: { permissions: ['*'], except: [] },
  read_write: {
    permissions: ['read:*', 'write:*', 'delete:*'],
    except: ['api-keys', 'audit-log', 'secrets'],
  },
  read_only: { permissions: ['read:*'], except: ['secrets'] },
}

export const fullAccess: Access = roleAccess.admin

export function accessOf(apiKey: Pick<ApiKey, 'role' | 'permissions'>): Access {
  return apiKey.role === null ? { permissions: apiKey.permissions, except: [] } : roleAccess[apiKey.role]
}

/** Whether the access covers `permission`, which may itself hold wildcards: `read:*` covers `read:contacts`, not the reverse. */
export function isGranted(access: Access, permission: string): boolean {
  const [action = '', resource = '*'] = permission.split(':')
  if (access.except.includes(resource) || (access.except.length > 0 && resource === '*')) return false
  return access.permissions.some((pattern) => covers(pattern, action, resource))
}

/** By what they may do: keys that may do the same share the answers, which then are near when one of them is checked. */
const knownGrants = new Map<string, (permission: string) => boolean>()
const mostGrants = 1000

/** Whether a key may do something; each answer is worked out once, since what a route asks for is always the same. */
export function grantsOf(apiKey: Pick<ApiKey, 'role' | 'permissions'>): (permission: string) => boolean {
  const id = apiKey.role ?? JSON.stringify(apiKey.permissions)
  const known = knownGrants.get(id)
  if (known !== undefined) return known
  const grants = rememberGrants(accessOf(apiKey))
  // Hosts whose keys all differ must not fill the memory: those in use stay with their keys.
  if (knownGrants.size >= mostGrants) knownGrants.clear()
  knownGrants.set(id, grants)
  return grants
}

function rememberGrants(access: Access): (permission: string) => boolean {
  const answers = new Map<string, boolean>()
  return (permission) => {
    const known = answers.get(permission)
    if (known !== undefined) return known
    const granted = isGranted(access, permission)
    // Routes ask for few permissions; whoever makes them up from a request must not fill the memory.
    if (answers.size < mostRemembered) answers.set(permission, granted)
    return granted
  }
}

const mostRemembered = 100

function covers(pattern: string, action: string, resource: string): boolean {
  if (pattern === '*') return true
  const [grantedAction, grantedResource] = pattern.split(':')
  return (
    (grantedAction === '*' || grantedAction === action) &&
    (grantedResource === '*' || grantedResource === resource)
  )
}

/** Whether everything that `wanted` allows is allowed by `access` too: a key can never grant what its maker lacks. */
export function includesAccess(access: Access, wanted: Access): boolean {
  const covered = wanted.permissions.every((permission) => isGranted({ ...access, except: [] }, permission))
  // What the maker's role keeps out must be kept out of the new key too, or be out of its reach.
  const kept = access.except.every(
    (resource) =>
      wanted.except.includes(resource) ||
      !wanted.permissions.some((permission) => reaches(permission, resource)),
  )
  return covered && kept
}

function reaches(pattern: string, resource: string): boolean {
  const [, grantedResource = '*'] = pattern.split(':')
  return grantedResource === '*' || grantedResource === resource
}
