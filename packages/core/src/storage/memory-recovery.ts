import type { StoredBulkReplay } from '../model/bulk-replay.ts'
import type { StoredEvent } from '../model/event.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import { addDelivery, replayRow } from './memory-delivery-row.ts'
import { type DeliveryRow, type MemoryState, oldestFirst, ownRow } from './memory-state.ts'
import type { MissedCount, MissedQuery, PagePosition, ReplayStep } from './storage.ts'

/** What a step of a bulk replay has done. */
export interface Progress {
  replayed: number
  skipped: number
  /** The last that it has seen to; null where there was nothing. */
  last: PagePosition | null
  /** Null as long as it is not over. */
  end: 'completed' | 'cancelled' | null
}

/** An event that a webhook has missed, and the last delivery of it, if there is one. */
interface Missed {
  event: StoredEvent
  last: DeliveryRow | undefined
}

export function countMissed(state: MemoryState, query: MissedQuery): MissedCount {
  const { missed, last } = lookThrough(state, query)
  return { missed: missed.length, last }
}

/** Makes a delivery of each of the next events that the webhook of a recovery has missed. */
export function recoverNext(
  state: MemoryState,
  recovery: StoredBulkReplay,
  { limit, lookThrough: most }: Pick<ReplayStep, 'limit' | 'lookThrough'>,
  now: Date,
): Progress {
  const webhook = ownRow(state.webhooks, { ...recovery, id: recovery.webhookId ?? '' })
  if (webhook === null) return { replayed: 0, skipped: 0, last: null, end: 'cancelled' }
  const { missed, last } = lookThrough(state, { ...queryOf(recovery), webhook, lookThrough: most })
  const next = missed.slice(0, limit)
  const made = next.filter(({ event, last: failed }) => {
    if (failed !== undefined) return replayRow(state, failed, now) !== null
    return addDelivery(state, event, { id: webhook.id, ordered: false }, now)
  })
  const isFull = next.length === limit
  const end = isFull || last !== null ? null : 'completed'
  return {
    replayed: made.length,
    skipped: next.length - made.length,
    last: isFull ? (next.at(-1)?.event ?? null) : last,
    end,
  }
}

function queryOf({ since, until, includeFailed, afterCreatedAt, afterId }: StoredBulkReplay) {
  const after =
    afterCreatedAt === null || afterId === null ? undefined : { createdAt: afterCreatedAt, id: afterId }
  return { since: since ?? new Date(0), until, includeFailed, after }
}

function lookThrough(
  state: MemoryState,
  { webhook, since, until, includeFailed, after, lookThrough: most }: MissedQuery,
): { missed: Missed[]; last: PagePosition | null } {
  const events = [...state.events.values()]
    .filter(
      ({ organizationId, createdAt }) =>
        organizationId === webhook.organizationId && createdAt >= since && createdAt < until,
    )
    .filter((event) => after === undefined || oldestFirst(after, event) < 0)
    .sort(oldestFirst)
    .slice(0, most)
  const deliveries = deliveriesByEvent(state, webhook)
  const missed = events
    .filter((event) => event.body !== '')
    .filter((event) => takesType(webhook, event.type) && takesChannel(webhook.channels, event))
    .map((event) => ({ event, known: deliveries.get(event.id) ?? [] }))
    .filter(({ known }) => known.length === 0 || (includeFailed && !known.some(isSeenTo)))
  return {
    missed: missed.map(({ event, known }) => ({ event, last: known.sort(oldestFirst).at(-1) })),
    last: events.length < most ? null : (events.at(-1) ?? null),
  }
}

function deliveriesByEvent(state: MemoryState, { id }: StoredWebhook): Map<string, DeliveryRow[]> {
  const own = [...state.deliveries.values()].filter(({ webhookId }) => webhookId === id)
  const byEvent = new Map<string, DeliveryRow[]>()
  for (const row of own) byEvent.set(row.eventId, [...(byEvent.get(row.eventId) ?? []), row])
  return byEvent
}

function takesType({ eventTypes }: StoredWebhook, type: string): boolean {
  const matches = (pattern: string): boolean =>
    pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
  return eventTypes.length === 0 || eventTypes.some(matches)
}

/** One without channels takes every event. */
export function takesChannel(wanted: readonly string[], { channels }: StoredEvent): boolean {
  return wanted.length === 0 || (channels ?? []).some((channel) => wanted.includes(channel))
}

/** Delivered or on its way, not wanted, or dealt with by hand. */
function isSeenTo({ status, reason, resolvedAt }: DeliveryRow): boolean {
  const hasFailed = status === 'dead_letter' || status === 'cancelled'
  return !hasFailed || reason === 'filtered' || resolvedAt !== null
}
