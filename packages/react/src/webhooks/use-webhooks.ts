'use client'
import type {
  CreatedWebhook,
  EventType,
  NewWebhook,
  Page,
  Resumption,
  RevealedSecret,
  RotatedSecret,
  Webhook,
  WebhookChanges,
  WebhookHealth,
  WebhookTest,
  WebhookTestRequest,
} from '@leadhooks/client'
import { type Action, useAction } from '../data/use-action.ts'
import { type Pages, usePages } from '../data/use-pages.ts'
import { type Query, useQuery } from '../data/use-query.ts'
import { useLeadhooks } from '../leadhooks-context.ts'

/** The webhooks of the organization, a page at a time. */
export function useWebhooks({ limit = 20 }: { limit?: number } = {}): Pages<Webhook> {
  const { client } = useLeadhooks()
  return usePages(`webhooks/list?${limit}`, (page, signal) =>
    client.webhooks.list({ limit, ...page }, { signal }),
  )
}

/** The first hundred, for choosing among them. */
export function useWebhookChoice(): Query<Page<Webhook>> {
  const { client } = useLeadhooks()
  return useQuery('webhooks/choice', (signal) => client.webhooks.list({ limit: 100 }, { signal }))
}

export function useWebhook(id: string): Query<Webhook> {
  const { client } = useLeadhooks()
  return useQuery(`webhooks/one/${id}`, (signal) => client.webhooks.get(id, { signal }), {
    refreshMs: 15_000,
  })
}

/** How its receiver fares. */
export function useWebhookHealth(id: string): Query<WebhookHealth> {
  const { client } = useLeadhooks()
  const read = (signal: AbortSignal): Promise<WebhookHealth> => client.webhooks.health(id, { signal })
  return useQuery(`webhooks/health/${id}`, read, { refreshMs: 15_000 })
}

/** The event types of the host, with examples. */
export function useEventTypes(): Query<EventType[]> {
  const { client } = useLeadhooks()
  return useQuery('event-types', async (signal) => (await client.events.types(undefined, { signal })).data)
}

export interface WebhookActions {
  create: Action<[NewWebhook], CreatedWebhook>
  update: Action<[id: string, WebhookChanges], Webhook>
  remove: Action<[id: string], true>
  enable: Action<[id: string, Resumption], Webhook>
  disable: Action<[id: string], Webhook>
  rotateSecret: Action<[id: string, graceSeconds: number], RotatedSecret>
}

export function useWebhookActions(): WebhookActions {
  const { client } = useLeadhooks()
  return {
    create: useAction((webhook: NewWebhook) => client.webhooks.create(webhook), changes),
    update: useAction((id: string, changed: WebhookChanges) => client.webhooks.update(id, changed), changes),
    remove: useAction(async (id: string) => {
      await client.webhooks.delete(id)
      return true as const
    }, everything),
    enable: useAction((id: string, resume: Resumption) => client.webhooks.enable(id, resume), everything),
    disable: useAction((id: string) => client.webhooks.disable(id), changes),
    rotateSecret: useAction(
      (id: string, graceSeconds: number) => client.webhooks.rotateSecret(id, { graceSeconds }),
      changes,
    ),
  }
}

const changes = ['webhooks/']
/** Deliveries wait, go or end with their webhook. */
const everything = ['webhooks/', 'deliveries/']

/** Shows the secret once more. It is in the answer, and is kept nowhere. */
export function useRevealSecret(): Action<[id: string], RevealedSecret> {
  const { client } = useLeadhooks()
  return useAction((id: string) => client.webhooks.revealSecret(id), [])
}

/** Sends an example at once, and tells all about it. */
export function useWebhookTest(): Action<[id: string, WebhookTestRequest], WebhookTest> {
  const { client } = useLeadhooks()
  return useAction((id: string, request: WebhookTestRequest) => client.webhooks.test(id, request), [])
}
