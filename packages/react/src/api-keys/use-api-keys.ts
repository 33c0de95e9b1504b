'use client'
import type {
  ApiKey,
  ApiKeyChanges,
  ApiKeyUsage,
  CreatedApiKey,
  LeadhooksClient,
  NewApiKey,
} from '@leadhooks/client'
import { type Action, useAction } from '../data/use-action.ts'
import { type Pages, usePages } from '../data/use-pages.ts'
import { type Query, useQuery } from '../data/use-query.ts'
import { useLeadhooks } from '../leadhooks-context.ts'

export type ApiKeyFilters = Omit<NonNullable<Parameters<LeadhooksClient['apiKeys']['list']>[0]>, 'cursor'>

/** The API keys of the organization, a page at a time. */
export function useApiKeys(filters: ApiKeyFilters = {}): Pages<ApiKey> {
  const { client } = useLeadhooks()
  return usePages(`keys/list?${JSON.stringify(filters)}`, (page, signal) =>
    client.apiKeys.list({ ...filters, ...page }, { signal }),
  )
}

/** How often a key was used on each of the last 30 days. */
export function useApiKeyUsage(id: string): Query<ApiKeyUsage> {
  const { client } = useLeadhooks()
  return useQuery(`keys/usage/${id}`, (signal) => {
    const from = new Date(Date.now() - 30 * 86_400_000).toISOString()
    return client.apiKeys.usage(id, { interval: 'day', from }, { signal })
  })
}

export interface ApiKeyActions {
  create: Action<[NewApiKey], CreatedApiKey>
  update: Action<[id: string, ApiKeyChanges], ApiKey>
  rotate: Action<[id: string, graceSeconds: number], CreatedApiKey>
  revoke: Action<[id: string, reason: string | undefined], ApiKey>
}

/** What can be done with keys. Tokens are in what these answer, and nowhere else. */
export function useApiKeyActions(): ApiKeyActions {
  const { client } = useLeadhooks()
  return {
    create: useAction((key: NewApiKey) => client.apiKeys.create(key), changes),
    update: useAction((id: string, key: ApiKeyChanges) => client.apiKeys.update(id, key), changes),
    rotate: useAction(
      (id: string, graceSeconds: number) => client.apiKeys.rotate(id, { graceSeconds }),
      changes,
    ),
    revoke: useAction(
      (id: string, reason: string | undefined) => client.apiKeys.revoke(id, reason ? { reason } : {}),
      changes,
    ),
  }
}

const changes = ['keys/']
