import { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { organizationId, parseInput, scoped } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'
import { type List, pageInput, readPage } from '../pages.ts'
import type { ApiKeyFilter, Scoped } from '../storage/storage.ts'
import { apiKeyFilters } from './api-key-input.ts'

const listInput = z.strictObject({ ...pageInput.shape, ...apiKeyFilters.shape, organizationId })
export type ListApiKeysInput = z.input<typeof listInput>

const dayMs = 86_400_000

export async function listApiKeys(ctx: Context, input: ListApiKeysInput): Promise<List<ApiKey>> {
  const { limit, cursor, ...filters } = parseInput(listInput, input)
  const filter = toFilter(filters, ctx.clock.now())
  return readPage(
    { limit, cursor },
    (page) => ctx.storage.listApiKeys({ ...filter, ...page }),
    (apiKey) => apiKey,
  )
}

function toFilter(
  {
    organizationId,
    revoked,
    unusedForDays,
    expiresWithinDays,
    ...plain
  }: Omit<z.output<typeof listInput>, 'limit' | 'cursor'>,
  now: number,
): ApiKeyFilter {
  return {
    organizationId,
    ...plain,
    isRevoked: revoked,
    unusedSince: unusedForDays === undefined ? undefined : new Date(now - unusedForDays * dayMs),
    expiresBefore: expiresWithinDays === undefined ? undefined : new Date(now + expiresWithinDays * dayMs),
  }
}

export async function getApiKey(ctx: Context, input: Scoped): Promise<ApiKey> {
  const key = parseInput(scoped, input)
  const apiKey = await ctx.storage.findApiKey(key)
  if (apiKey === null) throw notFound('API key', key.id)
  return apiKey
}
