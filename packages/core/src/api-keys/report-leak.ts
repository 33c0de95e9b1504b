import { z } from 'zod'
import type { Context } from '../context.ts'
import { parseInput, text } from '../input.ts'
import type { Actor } from '../model/actor.ts'
import type { ApiKey } from '../model/api-key.ts'
import { revokeApiKey } from './revoke-api-key.ts'
import { parseToken } from './token.ts'
import { switchApiKey } from './update-api-key.ts'

export const leakPolicies = ['notify', 'disable', 'revoke'] as const
/** What becomes of a key whose token was found where it does not belong. The host is told in any case. */
export type LeakPolicy = (typeof leakPolicies)[number]

const reportInput = z.strictObject({
  token: z.string().max(500),
  source: text(200).optional().meta({ description: 'Who found it: `github`' }),
  url: text(2000).optional().meta({ description: 'Where it was found' }),
})

export interface LeakReport {
  token: string
  source?: string | undefined
  url?: string | undefined
}

const reporter: Actor = { type: 'system', id: 'leak-report' }

/**
 * Takes the report that a token was found in public, and does what `apiKeys.leaked` says. Answers the key as it is now; null for
 * a token that is none of ours, or that works no more.
 */
export async function reportLeak(ctx: Context, input: LeakReport): Promise<ApiKey | null> {
  const { token, source = 'unknown', url } = parseInput(reportInput, input)
  const { prefix, leaked: policy } = ctx.settings.apiKeys
  if (parseToken(prefix, token) === null) return null
  const found = await ctx.storage.findApiKeyByHash(ctx.tokenHashes.candidates(token))
  const now = ctx.clock.now()
  if (found === null || found.apiKey.revokedAt !== null) return null
  if (found.tokenEndsAt !== null && found.tokenEndsAt.getTime() <= now) return null

  const { organizationId, id } = found.apiKey
  const apiKey = await act(ctx, policy, found.apiKey, source)
  ctx.observe?.({
    type: 'api_key.leaked',
    organizationId,
    apiKeyId: id,
    source,
    url: url ?? null,
    action: policy,
  })
  ctx.logger.warn({ organizationId, apiKeyId: id, source, action: policy }, 'An API key was found in public')
  return apiKey
}

async function act(ctx: Context, policy: LeakPolicy, apiKey: ApiKey, source: string): Promise<ApiKey> {
  const { organizationId, id } = apiKey
  const key = { organizationId, id, actor: reporter }
  if (policy === 'revoke') return revokeApiKey(ctx, { ...key, reason: `Found in public by ${source}` })
  return policy === 'disable' ? switchApiKey(ctx, key, false) : apiKey
}
