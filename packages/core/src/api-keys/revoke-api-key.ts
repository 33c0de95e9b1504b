import type { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput, scoped, text } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'
import { tellOfChange } from './api-key-changes.ts'
import { auditApiKey } from './audit-api-key.ts'
import { revokeManyInput } from './api-key-input.ts'

const revokeInput = scoped.extend({ reason: text(500).optional(), actor })
export type RevokeApiKeyInput = z.input<typeof revokeInput>
export type RevokeApiKeysInput = z.input<typeof revokeManyInput>

/** Ends a key for good. Revoking it again changes nothing. */
export async function revokeApiKey(ctx: Context, input: RevokeApiKeyInput): Promise<ApiKey> {
  const { organizationId, id, actor, reason = null } = parseInput(revokeInput, input)
  const key = { organizationId, id }
  const revocation = { revokedAt: new Date(ctx.clock.now()), reason }
  const audit = auditApiKey(ctx, 'api_key.revoked', actor, key)
  const revoked = await ctx.storage.revokeApiKey(key, revocation, audit)
  await tellOfChange(ctx, id)
  if (revoked === null) throw notFound('API key', id)
  return revoked
}

/** Ends all keys with a tag, of an owner, or both, and answers those that it ended. */
export async function revokeApiKeys(ctx: Context, input: RevokeApiKeysInput): Promise<ApiKey[]> {
  const { reason = null, actor, ...filter } = parseInput(revokeManyInput, input)
  const revocation = { revokedAt: new Date(ctx.clock.now()), reason }
  const audit = auditApiKey(ctx, 'api_key.revoked', actor, { organizationId: filter.organizationId, id: '' })
  const revoked = await ctx.storage.revokeApiKeys(filter, revocation, audit)
  await Promise.all(revoked.map(async ({ id }) => tellOfChange(ctx, id)))
  return revoked
}
