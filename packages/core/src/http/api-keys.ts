import { z } from 'zod'
import {
  apiKeyChanges,
  apiKeyFilters,
  bulkRevocation,
  hasOneKindOfAccess,
  namesWhichKeys,
  newApiKey,
  roleXorPermissions,
  tagOrOwner,
} from '../api-keys/api-key-input.ts'
import { accessOf, includesAccess } from '../api-keys/permissions.ts'
import { type ApiKeyUsagePoint, usageRange } from '../api-keys/read-usage.ts'
import { rotation } from '../api-keys/rotate-api-key.ts'
import { LeadhooksError } from '../errors.ts'
import { text } from '../input.ts'
import { type ApiKey, environments, roles } from '../model/api-key.ts'
import { usageIntervals } from '../model/api-key-usage.ts'
import { rateLimit } from '../rate-limit/rate-limit-input.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import type { Caller } from './caller.ts'
import { flag, pageQuery, wholeNumber } from './query.ts'
import { operation, shownOnce } from './route.ts'

const apiKeyFields = z.object({
  id: z.string(),
  organizationId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  environment: z.enum(environments),
  role: z.enum(roles).nullable(),
  permissions: z.array(z.string()),
  enabled: z.boolean(),
  allowedIps: z.array(z.string()),
  rateLimits: z.array(rateLimit).nullable(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  ownerId: z.string().nullable(),
  rotateEveryDays: z.int().nullable(),
  start: z.string().meta({ description: 'How the token begins' }),
  last4: z.string().meta({ description: 'How the token ends' }),
  createdAt: dateTime,
  expiresAt: dateTime.nullable(),
  rotatedAt: dateTime.nullable(),
  graceEndsAt: dateTime
    .nullable()
    .meta({ description: 'Until when the token before the last rotation works' }),
  lastUsedAt: dateTime.nullable().meta({ description: 'Some seconds late: uses are written in batches' }),
  lastUsedIp: z.string().nullable(),
  lastUsedUserAgent: z.string().nullable(),
  revokedAt: dateTime.nullable(),
  revokedReason: z.string().nullable(),
}) satisfies z.ZodType<Json<ApiKey>>

const apiKey = apiKeyFields.meta({ id: 'ApiKey' })

const createdApiKey = apiKeyFields
  .extend({
    token: z.string().meta({ description: 'The key itself. This answer is the one place that shows it' }),
  })
  .meta({ id: 'CreatedApiKey' })

const tokenIsGone = 'Its token is shown once: rotate the key to get another one'

export const createKey = operation({
  id: 'createApiKey',
  body: newApiKey.refine(hasOneKindOfAccess, roleXorPermissions).meta({ id: 'NewApiKey' }),
  status: 201,
  answer: createdApiKey,
  repeated: shownOnce('API key', tokenIsGone),
  async handle({ leadhooks, caller, actor, organizationId, body }) {
    checkGrant(caller, wanted(body, { role: 'read_write', permissions: [] }))
    const { apiKey, token } = await leadhooks.apiKeys.create({ organizationId, actor, ...body })
    return { ...apiKey, token }
  },
})

export const listKeys = operation({
  id: 'listApiKeys',
  query: pageQuery.extend({
    ...apiKeyFilters.shape,
    revoked: flag,
    unusedForDays: wholeNumber.optional().meta({ description: 'Not used for so many days, and as old' }),
    expiresWithinDays: wholeNumber
      .optional()
      .meta({ description: 'Expired, or about to within so many days' }),
  }),
  answer: listOf(apiKey),
  handle: ({ leadhooks, organizationId, query }) => leadhooks.apiKeys.list({ organizationId, ...query }),
})

export const getKey = operation({
  id: 'getApiKey',
  answer: apiKey,
  handle: ({ leadhooks, scoped }) => leadhooks.apiKeys.get(scoped),
})

export const updateKey = operation({
  id: 'updateApiKey',
  body: apiKeyChanges.refine(hasOneKindOfAccess, roleXorPermissions).meta({ id: 'ApiKeyChanges' }),
  answer: apiKey,
  async handle({ leadhooks, caller, actor, scoped, body }) {
    // The key as it is counts too: to let a stronger one run on after its expiry would be a grant.
    const current = await leadhooks.apiKeys.get(scoped)
    checkGrant(caller, current)
    checkGrant(caller, wanted(body, current))
    return leadhooks.apiKeys.update({ ...scoped, actor, ...body })
  },
})

export const rotateKey = operation({
  id: 'rotateApiKey',
  body: rotation.meta({ id: 'ApiKeyRotation' }),
  answer: createdApiKey,
  repeated: shownOnce('API key', tokenIsGone),
  async handle({ leadhooks, caller, actor, scoped, body }) {
    // Whoever rotates a key sees its token, and could use it.
    checkGrant(caller, await leadhooks.apiKeys.get(scoped))
    const { apiKey, token } = await leadhooks.apiKeys.rotate({ ...scoped, actor, ...body })
    return { ...apiKey, token }
  },
})

const usagePoint = z.object({
  startsAt: dateTime,
  total: z.int(),
  byOutcome: z.object({
    ok: z.int(),
    disabled: z.int(),
    revoked: z.int(),
    expired: z.int(),
    wrong_environment: z.int(),
    ip_not_allowed: z.int(),
    forbidden: z.int(),
    rate_limited: z.int(),
  }),
  byRoute: z.record(z.string(), z.int()).meta({ description: "By the host's names of routes" }),
}) satisfies z.ZodType<Json<ApiKeyUsagePoint>>

export const showKeyUsage = operation({
  id: 'showApiKeyUsage',
  query: usageRange,
  answer: z
    .object({
      interval: z.enum(usageIntervals),
      from: dateTime,
      to: dateTime,
      total: z.int(),
      points: z.array(usagePoint),
    })
    .meta({ id: 'ApiKeyUsage' }),
  handle: ({ leadhooks, scoped, query }) => leadhooks.apiKeys.usage({ ...scoped, ...query }),
})

export const revokeKey = operation({
  id: 'revokeApiKey',
  query: z.strictObject({ reason: text(500).optional().meta({ description: 'Why; shown with the key' }) }),
  answer: apiKey,
  handle: ({ leadhooks, actor, scoped, query }) => leadhooks.apiKeys.revoke({ ...scoped, actor, ...query }),
})

/** As many as a page of a list has at most. */
const mostShown = 100

export const revokeKeys = operation({
  id: 'revokeApiKeys',
  body: bulkRevocation.refine(namesWhichKeys, tagOrOwner).meta({ id: 'BulkRevocation' }),
  answer: z
    .object({
      total: z.int().meta({ description: 'How many it has revoked' }),
      data: z.array(apiKey).max(mostShown).meta({ description: 'The first 100 of them' }),
    })
    .meta({ id: 'RevokedApiKeys' }),
  async handle({ leadhooks, actor, organizationId, body }) {
    const revoked = await leadhooks.apiKeys.revokeMany({ organizationId, actor, ...body })
    return { total: revoked.length, data: revoked.slice(0, mostShown) }
  },
})

type Grant = Pick<ApiKey, 'role' | 'permissions'>

/** What a key may do after a change, or what a new one may. */
function wanted(
  { role, permissions }: { [Field in keyof Grant]?: Grant[Field] | undefined },
  otherwise: Grant,
): Grant {
  if (permissions !== undefined) return { role: null, permissions }
  return role === undefined || role === null ? otherwise : { role, permissions: [] }
}

/** A caller can never grant what it lacks. */
function checkGrant(caller: Caller, grant: Grant): void {
  if (includesAccess(caller.access, accessOf(grant))) return
  const what =
    grant.role === null ? grant.permissions.map((name) => `"${name}"`).join(', ') : `"${grant.role}"`
  throw new LeadhooksError('forbidden', `Only a caller who may do all of ${what} can give that to an API key`)
}
