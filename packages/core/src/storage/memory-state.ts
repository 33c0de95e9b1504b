import type { ApiKey } from '../model/api-key.ts'
import type { Attempt } from '../model/attempt.ts'
import type { AuditEntry, AuditHead } from '../model/audit-entry.ts'
import type { StoredBulkReplay } from '../model/bulk-replay.ts'
import type { Delivery, ShapedBody } from '../model/delivery.ts'
import type { StoredEvent } from '../model/event.ts'
import type { RegisteredEventType } from '../model/event-type.ts'
import type { Organization } from '../model/organization.ts'
import type { Rollup } from '../model/rollup.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { SeenWorker } from '../model/worker-status.ts'
import type { ApiKeyUsageCount, KnownRequest, Page, PagePosition, Scoped, Timed } from './storage.ts'

/** A delivery with what only the storage knows of it. */
export interface DeliveryRow extends Delivery {
  lease: Lease | null
  /** How many leases in a row lapsed and were taken over. */
  lapses: number
  /** Null where it is in no order. */
  orderingKey: string | null
}

export interface Lease {
  token: string
  claimedAt: Date
  until: Date
}

/** The tables of the memory storage. */
export interface MemoryState {
  organizations: Map<string, Organization>
  /** Those of which all is to be removed. */
  erasures: Set<string>
  apiKeys: Map<string, ApiKey>
  /** Tokens by their hash. */
  apiKeyTokens: Map<string, { apiKeyId: string; endsAt: Date | null }>
  apiKeyUsage: Map<string, ApiKeyUsageCount>
  /** What somebody was reminded of. */
  apiKeyReminders: Set<string>
  webhooks: Map<string, StoredWebhook>
  /** When each throttle will be full again, by the ids of the webhooks. */
  throttles: Map<string, number>
  auditEntries: AuditEntry[]
  auditHeads: Map<string, AuditHead>
  eventTypes: Map<string, RegisteredEventType>
  /** How often any of them was written, changed or deleted. */
  eventTypeChanges: number
  events: Map<string, StoredEvent>
  deliveries: Map<string, DeliveryRow>
  /** Those of `deliveries` that are `pending` or `retrying`: claims look at no others, however many have finished. */
  unfinished: Set<DeliveryRow>
  attempts: Map<string, Attempt[]>
  /** What was made to send, by the deliveries' ids. */
  bodies: Map<string, ShapedBody>
  bulkReplays: Map<string, StoredBulkReplay>
  /** By `rollupKey`. */
  rollups: Map<string, Rollup>
  /** Which of all claimed deliveries was the last of each organization and of each webhook. */
  turns: Map<string, number>
  claimed: number
  /** Who has each duty, by its name. */
  duties: Map<string, { holder: string; until: Date }>
  workers: Map<string, Omit<SeenWorker, 'silentMs'>>
  /** Until when organizations are watched. */
  watches: Map<string, number>
  /** What was noted, and the last key that was given. */
  changes: { last: number; rows: { key: number; organizationId: string; change: string; notedAt: Date }[] }
  /** By `requestKey`. */
  requests: Map<string, RequestRow>
}

/** A request with a key; `until`: when the lease of its holder, or the time of its answer, is over. */
export interface RequestRow extends KnownRequest {
  organizationId: string
  holder: string
  until: Date
}

export function emptyState(): MemoryState {
  return {
    organizations: new Map(),
    erasures: new Set(),
    apiKeys: new Map(),
    apiKeyTokens: new Map(),
    apiKeyUsage: new Map(),
    apiKeyReminders: new Set(),
    webhooks: new Map(),
    throttles: new Map(),
    auditEntries: [],
    auditHeads: new Map(),
    eventTypes: new Map(),
    eventTypeChanges: 0,
    events: new Map(),
    deliveries: new Map(),
    unfinished: new Set(),
    attempts: new Map(),
    bodies: new Map(),
    bulkReplays: new Map(),
    rollups: new Map(),
    turns: new Map(),
    claimed: 0,
    duties: new Map(),
    workers: new Map(),
    watches: new Map(),
    changes: { last: 0, rows: [] },
    requests: new Map(),
  }
}

/** Rows are copied on their way in and out, so that no caller can reach inside. */
export function copy<Row>(row: Row): Row {
  return structuredClone(row)
}

export function timeOf({ now = new Date() }: Timed): Date {
  return copy(now)
}

/** The row, unless it is another organization's. */
export function ownRow<Row extends Scoped>(
  rows: Map<string, Row>,
  { organizationId, id }: Scoped,
): Row | null {
  const row = rows.get(id)
  return row?.organizationId === organizationId ? row : null
}

/** An event's id is unique in its organization only. */
export function eventKey({ organizationId, id }: Scoped): string {
  return JSON.stringify([organizationId, id])
}

/** Copies of the rows of one page, from newest to oldest. */
export function pageOf<Row extends PagePosition>(rows: Iterable<Row>, { limit, after }: Page): Row[] {
  const sorted = [...rows].sort(newestFirst)
  const page = after === undefined ? sorted : sorted.filter((row) => newestFirst(after, row) < 0)
  return page.slice(0, limit).map(copy)
}

export function oldestFirst(a: PagePosition, b: PagePosition): number {
  const difference = a.createdAt.getTime() - b.createdAt.getTime()
  if (difference !== 0 || a.id === b.id) return difference
  return a.id < b.id ? -1 : 1
}

function newestFirst(a: PagePosition, b: PagePosition): number {
  return oldestFirst(b, a)
}
