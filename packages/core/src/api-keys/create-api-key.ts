import type { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { newApiKeyId } from '../ids.ts'
import { organizationId, parseInput } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'
import { hasOneKindOfAccess, newApiKey, roleXorPermissions } from './api-key-input.ts'
import { auditApiKey } from './audit-api-key.ts'
import { checkPermissions } from './permission-catalogue.ts'
import { createToken, describeToken } from './token.ts'

const createInput = newApiKey.extend({ organizationId, actor }).refine(hasOneKindOfAccess, roleXorPermissions)
export type CreateApiKeyInput = z.input<typeof createInput>

const dayMs = 86_400_000

/**
 * Makes a key: `read_write` unless a role or permissions are given, and expiring after the host's `defaultExpiresInDays`
 * unless told. The answer is the one place that shows its token.
 */
export async function createApiKey(
  ctx: Context,
  input: CreateApiKeyInput,
): Promise<{ apiKey: ApiKey; token: string }> {
  const parsed = parseInput(createInput, input)
  const token = createToken(ctx.settings.apiKeys.prefix, parsed.environment)
  const apiKey = newKeyOf(ctx, parsed, describeToken(token))
  const audit = auditApiKey(ctx, 'api_key.created', parsed.actor, apiKey)
  await ctx.storage.insertApiKey(apiKey, ctx.tokenHashes.current(token), audit)
  return { apiKey, token }
}

/** The key that an input describes, for a token of which `shown` may be shown. */
export function newKeyOf(
  ctx: Context,
  input: CreateApiKeyInput,
  shown: Pick<ApiKey, 'start' | 'last4'>,
): ApiKey {
  const { organizationId, environment, permissions, ...settings } = parseInput(createInput, input)
  const { resources, defaultExpiresInDays } = ctx.settings.apiKeys
  checkPermissions(resources, permissions)
  const now = new Date(ctx.clock.now())
  const defaultExpiry =
    defaultExpiresInDays === null ? null : new Date(now.getTime() + defaultExpiresInDays * dayMs)
  return {
    id: newApiKeyId(now.getTime()),
    organizationId,
    name: settings.name,
    description: settings.description ?? null,
    environment,
    role: permissions === undefined ? (settings.role ?? 'read_write') : null,
    permissions: permissions ?? [],
    enabled: settings.enabled ?? true,
    allowedIps: settings.allowedIps ?? [],
    rateLimits: settings.rateLimits ?? null,
    tags: settings.tags ?? [],
    metadata: settings.metadata ?? {},
    ownerId: settings.ownerId ?? null,
    rotateEveryDays: settings.rotateEveryDays ?? null,
    ...shown,
    createdAt: now,
    expiresAt: settings.expiresAt === undefined ? defaultExpiry : settings.expiresAt,
    rotatedAt: null,
    graceEndsAt: null,
    lastUsedAt: null,
    lastUsedIp: null,
    lastUsedUserAgent: null,
    revokedAt: null,
    revokedReason: null,
  }
}
