import type { z } from 'zod'
import type { Context } from '../context.ts'
import { newApiKeyId } from '../ids.ts'
import { organizationId, parseInput } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'
import { hasOneKindOfAccess, newApiKey, roleXorPermissions } from './api-key-input.ts'
import { createToken, describeToken, hashToken } from './token.ts'

const createInput = newApiKey.extend({ organizationId }).refine(hasOneKindOfAccess, roleXorPermissions)
export type CreateApiKeyInput = z.input<typeof createInput>

/** Makes a key: `read_write` unless a role or permissions are given. The answer is the one place that shows its token. */
export async function createApiKey(
  ctx: Context,
  input: CreateApiKeyInput,
): Promise<{ apiKey: ApiKey; token: string }> {
  const { organizationId, environment, permissions, ...settings } = parseInput(createInput, input)
  const token = createToken(ctx.settings.apiKeys.prefix, environment)
  const now = new Date(ctx.clock.now())
  const apiKey: ApiKey = {
    id: newApiKeyId(now.getTime()),
    organizationId,
    name: settings.name,
    description: settings.description ?? null,
    environment,
    role: permissions === undefined ? (settings.role ?? 'read_write') : null,
    permissions: permissions ?? [],
    ...describeToken(token),
    createdAt: now,
    expiresAt: settings.expiresAt ?? null,
    revokedAt: null,
    revokedReason: null,
  }
  await ctx.storage.insertApiKey(apiKey, hashToken(token))
  return { apiKey, token }
}
