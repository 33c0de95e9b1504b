'use client'
import type {
  BulkReplay,
  Delivery,
  DeliveryBody,
  DeliveryWithAttempts,
  Event,
  Page,
  ReplayRequest,
  StartedReplay,
} from '@leadhooks/client'
import { type Action, useAction } from '../data/use-action.ts'
import { type Pages, usePages } from '../data/use-pages.ts'
import { type Query, useQuery } from '../data/use-query.ts'
import { useLeadhooks } from '../leadhooks-context.ts'

export interface DeliveryFilters {
  webhookId?: string | undefined
  eventId?: string | undefined
  eventType?: string | undefined
  status?: Delivery['status'] | undefined
}

export interface LiveDeliveries extends Pages<Delivery> {
  /** The rows of the page, each as it stands now. */
  rows: Delivery[] | undefined
  /** How many have come since the page was read; they are shown by `reload`. */
  newer: number
}

const page = 25
const refreshMs = 5000

/** Deliveries, the newest first, a page at a time. Nothing moves by itself: rows change in place, and what is new is counted. */
export function useDeliveries(
  filters: DeliveryFilters = {},
  { isLive = true }: { isLive?: boolean } = {},
): LiveDeliveries {
  const { client } = useLeadhooks()
  const given = withoutEmpty(filters)
  const key = JSON.stringify(given)
  const pages = usePages(`deliveries/list?${key}`, (cursor, signal) =>
    client.deliveries.list({ ...given, limit: page, ...cursor }, { signal }),
  )
  const readNewest = (signal: AbortSignal): Promise<Page<Delivery>> =>
    client.deliveries.list({ ...given, limit: page }, { signal })
  const newest = useQuery(`deliveries/newest?${key}`, readNewest, {
    refreshMs: isLive ? refreshMs : undefined,
  })
  const current = new Map(newest.data?.data.map((delivery) => [delivery.id, delivery]))
  const rows = pages.data?.data.map((delivery) => current.get(delivery.id) ?? delivery)
  const isFirst = pages.page === 1 && !pages.isPrevious && !newest.isPrevious
  return { ...pages, rows, newer: isFirst && isLive ? countNewer(newest.data?.data ?? [], rows) : 0 }
}

function withoutEmpty(filters: DeliveryFilters): {
  [Key in keyof DeliveryFilters]: Exclude<DeliveryFilters[Key], undefined>
} {
  return Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''),
  )
}

function countNewer(newest: readonly Delivery[], rows: readonly Delivery[] | undefined): number {
  if (rows === undefined) return 0
  const known = new Set(rows.map(({ id }) => id))
  const firstKnown = newest.findIndex(({ id }) => known.has(id))
  return firstKnown === -1 ? newest.length : firstKnown
}

/** A delivery with all of its attempts. */
export function useDelivery(id: string): Query<DeliveryWithAttempts> {
  const { client } = useLeadhooks()
  const read = (signal: AbortSignal): Promise<DeliveryWithAttempts> => client.deliveries.get(id, { signal })
  return useQuery(`deliveries/one/${id}`, read, { refreshMs })
}

/** What its requests carry, byte for byte. */
export function useDeliveryBody(id: string): Query<DeliveryBody> {
  const { client } = useLeadhooks()
  return useQuery(`deliveries/body/${id}`, (signal) => client.deliveries.body(id, { signal }))
}

export function useEvent(id: string): Query<Event> {
  const { client } = useLeadhooks()
  return useQuery(`events/one/${id}`, (signal) => client.events.get(id, { signal }))
}

export interface DeliveryActions {
  retry: Action<[id: string], Delivery>
  replay: Action<[id: string], Delivery>
  cancel: Action<[id: string], Delivery>
  resolve: Action<[id: string], Delivery>
}

export function useDeliveryActions(): DeliveryActions {
  const { client } = useLeadhooks()
  return {
    retry: useAction((id: string) => client.deliveries.retry(id), changes),
    replay: useAction((id: string) => client.deliveries.replay(id), changes),
    cancel: useAction((id: string) => client.deliveries.cancel(id), changes),
    resolve: useAction((id: string) => client.deliveries.resolve(id), changes),
  }
}

const changes = ['deliveries/']

/** Replays many, in the background. With `dryRun` it only counts them. */
export function useReplayMany(): Action<[ReplayRequest], StartedReplay> {
  const { client } = useLeadhooks()
  return useAction(
    (request: ReplayRequest) => client.deliveries.replayMany(request),
    [...changes, 'bulk-replays/'],
  )
}

/** How far a bulk replay has come. */
export function useBulkReplay(id: string): Query<BulkReplay> {
  const { client } = useLeadhooks()
  const read = (signal: AbortSignal): Promise<BulkReplay> => client.bulkReplays.get(id, { signal })
  return useQuery(`bulk-replays/${id}`, read, { refreshMs: 1000 })
}

export function useBulkReplayActions(): Record<
  'pause' | 'resume' | 'cancel',
  Action<[id: string], BulkReplay>
> {
  const { client } = useLeadhooks()
  return {
    pause: useAction((id: string) => client.bulkReplays.pause(id), ['bulk-replays/']),
    resume: useAction((id: string) => client.bulkReplays.resume(id), ['bulk-replays/']),
    cancel: useAction((id: string) => client.bulkReplays.cancel(id), ['bulk-replays/']),
  }
}
