import { z } from 'zod'
import { text } from '../input.ts'
import { environments, roles } from '../model/api-key.ts'

const permission = z
  .string()
  .max(200)
  .regex(
    /^(\*|([a-z0-9_-]+|\*):([a-z0-9_-]+|\*))$/,
    'Must be "action:resource", with "*" for any of either, or "*" for all',
  )

export const permissions = z.array(permission).min(1).max(100)

const date = z
  .union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))], {
    error: 'Must be a date and time like 2027-01-31T12:00:00Z',
  })
  .meta({ type: 'string', format: 'date-time' })

const settings = z.strictObject({
  name: text(200).meta({ description: 'What people know the key by' }),
  description: text(2000).nullable(),
  role: z.enum(roles).nullable().meta({ description: 'A role, in place of a list of permissions' }),
  permissions: permissions.meta({ description: '`read:contacts`, `write:*`, `*`; in place of a role' }),
  expiresAt: date.nullable().meta({ description: 'When the key stops working; null for never' }),
})

const roleXorPermissions = {
  error: 'Give either a role or permissions, not both',
  path: ['permissions'],
}

export const newApiKey = settings
  .partial()
  .required({ name: true })
  .extend({ environment: z.enum(environments).default('live') })

export const apiKeyChanges = settings.partial()

interface RoleAndPermissions {
  role?: string | null | undefined
  permissions?: string[] | undefined
}

export const hasOneKindOfAccess = ({ role, permissions }: RoleAndPermissions): boolean =>
  (role ?? undefined) === undefined || permissions === undefined

export { roleXorPermissions }
