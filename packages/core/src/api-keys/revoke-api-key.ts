import type { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput, scoped, text } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'
import { tellOfChange } from './api-key-changes.ts'
import { revokeManyInput } from './api-key-input.ts'

const revokeInput = scoped.extend({ reason: text(500).optional() })
export type RevokeApiKeyInput = z.input<typeof revokeInput>
export type RevokeApiKeysInput = z.input<typeof revokeManyInput>

/** Ends a key for good. Revoking it again changes nothing. */
export async function revokeApiKey(ctx: Context, input: RevokeApiKeyInput): Promise<ApiKey> {
  const { organizationId, id, reason = null } = parseInput(revokeInput, input)
  const revocation = { revokedAt: new Date(ctx.clock.now()), reason }
  const revoked = await ctx.storage.revokeApiKey({ organizationId, id }, revocation)
  await tellOfChange(ctx, id)
  if (revoked === null) throw notFound('API key', id)
  return revoked
}

/** Ends all keys with a tag, of an owner, or both, and answers those that it ended. */
export async function revokeApiKeys(ctx: Context, input: RevokeApiKeysInput): Promise<ApiKey[]> {
  const { reason = null, ...filter } = parseInput(revokeManyInput, input)
  const revoked = await ctx.storage.revokeApiKeys(filter, { revokedAt: new Date(ctx.clock.now()), reason })
  for (const { id } of revoked) await tellOfChange(ctx, id)
  return revoked
}
