import { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { LeadhooksError, notFound } from '../errors.ts'
import { parseInput, scoped } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'
import { tellOfChange } from './api-key-changes.ts'
import { auditApiKey } from './audit-api-key.ts'
import { createToken, describeToken } from './token.ts'

const longestGraceSeconds = 90 * 86_400

export const rotation = z.strictObject({
  graceSeconds: z.int().min(0).max(longestGraceSeconds).default(86_400).meta({
    description: 'How long the former token still works, unless the key expires before; 0 ends it at once',
  }),
})

const rotateInput = rotation.extend({ ...scoped.shape, actor })
export type RotateApiKeyInput = z.input<typeof rotateInput>

/**
 * Gives a key another token: with its settings, limits and history it stays the same key. The former token works until the
 * grace ends, and never past its own expiry. The answer is the one place that shows the new token.
 *
 * Throws `conflict` for a key that was revoked.
 */
export async function rotateApiKey(
  ctx: Context,
  input: RotateApiKeyInput,
): Promise<{ apiKey: ApiKey; token: string }> {
  const { organizationId, id, actor, graceSeconds } = parseInput(rotateInput, input)
  const key = { organizationId, id }
  const current = await ctx.storage.findApiKey(key)
  if (current === null) throw notFound('API key', id)
  const token = createToken(ctx.settings.apiKeys.prefix, current.environment)
  const now = ctx.clock.now()
  const change = {
    hash: ctx.tokenHashes.current(token),
    ...describeToken(token),
    rotatedAt: new Date(now),
    graceEndsAt: graceSeconds === 0 ? null : new Date(now + graceSeconds * 1000),
  }
  const audit = auditApiKey(ctx, 'api_key.rotated', actor, key)
  const apiKey = await ctx.storage.rotateApiKey(key, change, audit)
  await tellOfChange(ctx, id)
  if (apiKey === null)
    throw new LeadhooksError('conflict', `The API key "${id}" was revoked: make another one in its place`)
  return { apiKey, token }
}

const regenerateInput = scoped.extend({ actor })
export type RegenerateApiKeyInput = z.input<typeof regenerateInput>

/** Gives a key another token, and ends the former one at once: it may have leaked. */
export async function regenerateApiKey(
  ctx: Context,
  input: RegenerateApiKeyInput,
): Promise<{ apiKey: ApiKey; token: string }> {
  return rotateApiKey(ctx, { ...parseInput(regenerateInput, input), graceSeconds: 0 })
}
