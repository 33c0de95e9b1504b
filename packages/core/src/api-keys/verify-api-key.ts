import { z } from 'zod'
import type { Context } from '../context.ts'
import { parseInput } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'
import { accessOf, isGranted } from './permissions.ts'
import { hashToken, parseToken } from './token.ts'

const verifyOptions = z.strictObject({ permissions: z.array(z.string()).default([]) })

export interface VerifyOptions {
  /** What the key must be allowed to do, all of it. */
  permissions?: readonly string[]
}

export type Verification =
  | { ok: true; apiKey: ApiKey }
  | { ok: false; reason: 'malformed' | 'unknown' }
  | { ok: false; reason: 'revoked' | 'expired' | 'forbidden'; apiKey: ApiKey }

/** Checks a token. Whatever is wrong with it is a value; only a broken storage throws. */
export async function verifyApiKey(
  ctx: Context,
  token: string,
  options: VerifyOptions = {},
): Promise<Verification> {
  // A misspelt option must not let everything in.
  const { permissions } = parseInput(verifyOptions, options)
  const environment = typeof token === 'string' ? parseToken(ctx.settings.apiKeys.prefix, token) : null
  if (environment === null) return { ok: false, reason: 'malformed' }

  const apiKey = await ctx.storage.findApiKeyByHash(hashToken(token))
  if (apiKey === null) return { ok: false, reason: 'unknown' }
  if (apiKey.revokedAt !== null) return { ok: false, reason: 'revoked', apiKey }
  if (apiKey.expiresAt !== null && apiKey.expiresAt.getTime() <= ctx.clock.now()) {
    return { ok: false, reason: 'expired', apiKey }
  }
  const access = accessOf(apiKey)
  if (!permissions.every((permission) => isGranted(access, permission))) {
    return { ok: false, reason: 'forbidden', apiKey }
  }
  return { ok: true, apiKey }
}
