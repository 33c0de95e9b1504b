import type { Context } from '../context.ts'
import { isLeadhooksError, LeadhooksError } from '../errors.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { FoundApiKey } from '../storage/storage.ts'
import { auditApiKey } from './audit-api-key.ts'
import { type CreateApiKeyInput, newKeyOf } from './create-api-key.ts'

/** Keys of another system, which go on working while Leadhooks takes them over. */
export interface LegacyKeys {
  /** How their tokens begin: no token that begins otherwise is looked up. */
  prefix: string
  /**
   * Checks a token as the other system does (with bcrypt, say), and answers what the key may do here, as `apiKeys.create`
   * takes it; null for a token that is none. Called once for a good token: from then on its hash is ours.
   */
  lookup: (token: string) => Promise<CreateApiKeyInput | null> | CreateApiKeyInput | null
}

/** The host's description of a legacy token turned into a key of ours, found by the same token from now on. */
export async function adoptLegacyKey(
  ctx: Context,
  { lookup }: LegacyKeys,
  token: string,
): Promise<FoundApiKey | null> {
  const described = await lookup(token)
  if (described === null || described === undefined) return null
  const shown = { start: token.slice(0, Math.min(8, Math.floor(token.length / 3))), last4: token.slice(-4) }
  const apiKey = legacyKey(ctx, described, shown)
  const hash = ctx.tokenHashes.current(token)
  try {
    const audit = auditApiKey(ctx, 'api_key.created', { type: 'system', id: 'legacy-keys' }, apiKey)
    await ctx.storage.insertApiKey(apiKey, hash, audit)
    return { apiKey, hash, tokenEndsAt: null }
  } catch (error) {
    // Another request with the same token was quicker.
    if (isLeadhooksError(error) && error.code === 'conflict') return ctx.storage.findApiKeyByHash([hash])
    throw error
  }
}

/** What `lookup` answers is the host's, and so is a fault in it: nothing that the caller could put right. */
function legacyKey(
  ctx: Context,
  described: CreateApiKeyInput,
  shown: Pick<ApiKey, 'start' | 'last4'>,
): ApiKey {
  try {
    return newKeyOf(ctx, described, shown)
  } catch (cause) {
    if (!isLeadhooksError(cause)) throw cause
    const message = `The lookup of \`legacyKeys\` answered what is no API key: ${cause.message}`
    throw new LeadhooksError('invalid_options', message, { cause })
  }
}
