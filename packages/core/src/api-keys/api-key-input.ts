import { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import { date, isCleanText, organizationId, text } from '../input.ts'
import { environments, roles } from '../model/api-key.ts'
import { rateLimits } from '../rate-limit/rate-limit-input.ts'
import { isAllowListEntry } from './ip-allow-list.ts'

const permission = z
  .string()
  .max(200)
  .regex(
    /^(\*|([a-z0-9_-]+|\*):([a-z0-9_-]+|\*))$/,
    'Must be "action:resource", with "*" for any of either, or "*" for all',
  )

export const permissions = z.array(permission).min(1).max(100)

const allowedIp = z.string().refine(isAllowListEntry, {
  error: ({ input }) =>
    `"${String(input).slice(0, 100)}" is no IPv4 or IPv6 address and no CIDR (10.0.0.0/8, 2001:db8::/32)`,
})

const tag = text(100)
const longestMetadata = 4096

const metadata = z
  .record(z.string(), z.json())
  .refine(
    (value) => JSON.stringify(value).length <= longestMetadata,
    `Must be at most ${longestMetadata} characters of JSON`,
  )
  .refine(holdsCleanText, 'Must not contain NUL or lone surrogates')
  .meta({ description: 'Whatever the host keeps with the key' })

const settings = z.strictObject({
  name: text(200).meta({ description: 'What people know the key by' }),
  description: text(2000).nullable(),
  role: z.enum(roles).nullable().meta({ description: 'A role, in place of a list of permissions' }),
  permissions: permissions.meta({ description: '`read:contacts`, `write:*`, `*`; in place of a role' }),
  enabled: z.boolean().meta({ description: 'False while the key is switched off' }),
  allowedIps: z.array(allowedIp).max(100).meta({
    description: 'The addresses and CIDRs that the key may be used from. Empty means any',
  }),
  rateLimits: rateLimits
    .nullable()
    .meta({ description: "In place of the host's default; empty for no limit" }),
  tags: z
    .array(tag)
    .max(50)
    .transform((tags) => [...new Set(tags)])
    .meta({ description: 'Keys are listed and revoked by them' }),
  metadata,
  ownerId: text(200).nullable().meta({ description: "Whom the key belongs to, by the host's own id" }),
  rotateEveryDays: z.int().min(1).max(3650).nullable().meta({
    description: 'After how many days the host is reminded to have the key rotated',
  }),
  expiresAt: date.nullable().meta({ description: 'When the key stops working; null for never' }),
})

export const roleXorPermissions = {
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

const days = z.int().min(0).max(3650)

/** Which keys of a list are meant. */
export const apiKeyFilters = z.strictObject({
  tag: tag.optional(),
  ownerId: text(200).optional(),
  environment: z.enum(environments).optional(),
  revoked: z.boolean().optional().meta({ description: 'Revoked keys only, or no such keys' }),
  unusedForDays: days.optional().meta({ description: 'Not used for so many days, and as old' }),
  expiresWithinDays: days.optional().meta({ description: 'Expired, or about to within so many days' }),
})

export const bulkRevocation = z.strictObject({
  tag: tag.optional(),
  ownerId: text(200).optional(),
  reason: text(500).optional().meta({ description: 'Why; shown with the keys' }),
})

/** Without one of them, a slip would revoke every key. */
export const namesWhichKeys = ({ tag, ownerId }: z.output<typeof bulkRevocation>): boolean =>
  tag !== undefined || ownerId !== undefined
export const tagOrOwner = 'Give a tag, an owner, or both'

export const revokeManyInput = bulkRevocation
  .extend({ organizationId, actor })
  .refine(namesWhichKeys, tagOrOwner)

function holdsCleanText(value: unknown): boolean {
  if (typeof value === 'string') return isCleanText(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, child]) => isCleanText(key) && holdsCleanText(child))
}
