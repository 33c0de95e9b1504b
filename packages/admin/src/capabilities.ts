import { isGranted } from '@leadhooks/core/node-http'

const viewer = [
  'read:webhooks',
  'read:events',
  'read:event-types',
  'read:deliveries',
  'read:analytics',
  'read:api-keys',
  'read:organization',
]

/** What people usually may do, by name. */
export const presets = {
  /** Sees everything but secrets and the audit log, and changes nothing. */
  viewer,
  /** Also looks after webhooks and deliveries. */
  operator: [...viewer, 'write:webhooks', 'write:deliveries'],
  /** Everything. */
  admin: ['*'],
} satisfies Record<string, readonly string[]>

export type CapabilityPreset = keyof typeof presets

const readable = [...viewer, 'read:audit-log', 'read:workers']

/** The permissions of a caller, as the management API checks them; of those, only what changes nothing where all is read-only. */
export function permissionsOf(
  capabilities: CapabilityPreset | readonly string[],
  isReadOnly: boolean,
): readonly string[] {
  const permissions = typeof capabilities === 'string' ? presets[capabilities] : capabilities
  if (!isReadOnly) return permissions
  return readable.filter((permission) => isGranted({ permissions, except: [] }, permission))
}
