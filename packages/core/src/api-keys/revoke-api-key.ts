import type { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput, scoped, text } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'

const revokeInput = scoped.extend({ reason: text(500).optional() })
export type RevokeApiKeyInput = z.input<typeof revokeInput>

/** Ends a key for good. Revoking it again changes nothing. */
export async function revokeApiKey(ctx: Context, input: RevokeApiKeyInput): Promise<ApiKey> {
  const { organizationId, id, reason = null } = parseInput(revokeInput, input)
  const revocation = { revokedAt: new Date(ctx.clock.now()), reason }
  const revoked = await ctx.storage.revokeApiKey({ organizationId, id }, revocation)
  if (revoked === null) throw notFound('API key', id)
  return revoked
}
