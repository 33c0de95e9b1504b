import type { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { definedOf, parseInput, scoped } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'
import { apiKeyChanges, hasOneKindOfAccess, roleXorPermissions } from './api-key-input.ts'
import { tellOfChange } from './api-key-changes.ts'
import { auditApiKey } from './audit-api-key.ts'
import { checkPermissions } from './permission-catalogue.ts'

const updateInput = apiKeyChanges
  .extend({ ...scoped.shape, actor })
  .refine(hasOneKindOfAccess, roleXorPermissions)
export type UpdateApiKeyInput = z.input<typeof updateInput>

/** Changes the named settings and no others. A role takes the place of permissions, and permissions that of a role. */
export async function updateApiKey(ctx: Context, input: UpdateApiKeyInput): Promise<ApiKey> {
  const { organizationId, id, actor, ...changes } = parseInput(updateInput, input)
  checkPermissions(ctx.settings.apiKeys.resources, changes.permissions)
  const access =
    changes.permissions !== undefined
      ? { role: null }
      : (changes.role ?? null) !== null
        ? { permissions: [] }
        : {}
  const key = { organizationId, id }
  const audit = auditApiKey(ctx, 'api_key.updated', actor, key)
  const updated = await ctx.storage.updateApiKey(key, { ...definedOf(changes), ...access }, audit)
  await tellOfChange(ctx, id)
  if (updated === null) throw notFound('API key', id)
  return updated
}

const switchInput = scoped.extend({ actor })
export type SwitchApiKeyInput = z.input<typeof switchInput>

/** Switches a key on or off. */
export async function switchApiKey(
  ctx: Context,
  input: SwitchApiKeyInput,
  enabled: boolean,
): Promise<ApiKey> {
  return updateApiKey(ctx, { ...parseInput(switchInput, input), enabled })
}
