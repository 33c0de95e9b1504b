import type { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { organizationId, parseInput, scoped } from '../input.ts'
import type { ApiKey } from '../model/api-key.ts'
import { type List, pageInput, readPage } from '../pages.ts'
import type { Scoped } from '../storage/storage.ts'

const listInput = pageInput.extend({ organizationId })
export type ListApiKeysInput = z.input<typeof listInput>

export async function listApiKeys(ctx: Context, input: ListApiKeysInput): Promise<List<ApiKey>> {
  const { organizationId, ...page } = parseInput(listInput, input)
  return readPage(
    page,
    (at) => ctx.storage.listApiKeys({ organizationId, ...at }),
    (apiKey) => apiKey,
  )
}

export async function getApiKey(ctx: Context, input: Scoped): Promise<ApiKey> {
  const key = parseInput(scoped, input)
  const apiKey = await ctx.storage.findApiKey(key)
  if (apiKey === null) throw notFound('API key', key.id)
  return apiKey
}
