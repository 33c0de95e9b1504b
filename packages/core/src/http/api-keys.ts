import { z } from 'zod'
import {
  apiKeyChanges,
  hasOneKindOfAccess,
  newApiKey,
  roleXorPermissions,
} from '../api-keys/api-key-input.ts'
import { accessOf, includesAccess } from '../api-keys/permissions.ts'
import { LeadhooksError } from '../errors.ts'
import { type ApiKey, environments, roles } from '../model/api-key.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import type { Caller } from './caller.ts'
import { pageQuery } from './query.ts'
import { operation } from './route.ts'

const apiKeyFields = z.object({
  id: z.string(),
  organizationId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  environment: z.enum(environments),
  role: z.enum(roles).nullable(),
  permissions: z.array(z.string()),
  start: z.string().meta({ description: 'How the token begins' }),
  last4: z.string().meta({ description: 'How the token ends' }),
  createdAt: dateTime,
  expiresAt: dateTime.nullable(),
  revokedAt: dateTime.nullable(),
  revokedReason: z.string().nullable(),
}) satisfies z.ZodType<Json<ApiKey>>

const apiKey = apiKeyFields.meta({ id: 'ApiKey' })

export const createKey = operation({
  id: 'createApiKey',
  body: newApiKey.refine(hasOneKindOfAccess, roleXorPermissions).meta({ id: 'NewApiKey' }),
  status: 201,
  answer: apiKeyFields
    .extend({
      token: z.string().meta({ description: 'The key itself. This answer is the one place that shows it' }),
    })
    .meta({ id: 'CreatedApiKey' }),
  async handle({ leadhooks, caller, organizationId, body }) {
    checkGrant(caller, wanted(body, { role: 'read_write', permissions: [] }))
    const { apiKey, token } = await leadhooks.apiKeys.create({ organizationId, ...body })
    return { ...apiKey, token }
  },
})

export const listKeys = operation({
  id: 'listApiKeys',
  query: pageQuery,
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
  async handle({ leadhooks, caller, scoped, body }) {
    // The key as it is counts too: to let a stronger one run on after its expiry would be a grant.
    const current = await leadhooks.apiKeys.get(scoped)
    checkGrant(caller, current)
    checkGrant(caller, wanted(body, current))
    return leadhooks.apiKeys.update({ ...scoped, ...body })
  },
})

export const revokeKey = operation({
  id: 'revokeApiKey',
  answer: apiKey,
  handle: ({ leadhooks, scoped }) => leadhooks.apiKeys.revoke(scoped),
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
