import assert from 'node:assert/strict'
import { newApiKeyId, newBulkReplayId, newEventId, newWebhookId } from '../ids.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { Attempt } from '../model/attempt.ts'
import type { StoredBulkReplay } from '../model/bulk-replay.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Organization } from '../model/organization.ts'
import type { RegisteredEventType } from '../model/event-type.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type {
  ClaimedDelivery,
  ClaimRequest,
  GivenUp,
  NewEvent,
  Scoped,
  Settlement,
  Storage,
} from '../storage/storage.ts'

/** When the cases play, unless they leave the time to the storage. */
export const start = new Date('2026-01-01T00:00:00.000Z')

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

/** The time `ms` milliseconds after the start. */
export function after(ms: number): Date {
  return new Date(start.getTime() + ms)
}

/** An API key as core would store it; its id is new each time. */
export function apiKeyRow(changes: Partial<ApiKey> = {}): ApiKey {
  return {
    id: newApiKeyId(start.getTime()),
    organizationId: 'acme',
    name: 'Backend',
    description: null,
    environment: 'live',
    role: 'read_write',
    permissions: [],
    enabled: true,
    allowedIps: [],
    rateLimits: null,
    tags: [],
    metadata: {},
    ownerId: null,
    rotateEveryDays: null,
    start: 'lh_live_Ab3d',
    last4: 'x9Zk',
    createdAt: start,
    expiresAt: null,
    rotatedAt: null,
    graceEndsAt: null,
    lastUsedAt: null,
    lastUsedIp: null,
    lastUsedUserAgent: null,
    revokedAt: null,
    revokedReason: null,
    ...changes,
  }
}

/** An organization as core would store it. */
export function organizationRow(changes: Partial<Organization> = {}): Organization {
  const settings = { name: null, eventsPerMinute: null, maintenance: [], retention: null }
  return { id: 'acme', ...settings, createdAt: start, ...changes }
}

/** A webhook as core would store it, for every event type; its id is new each time. */
export function webhookRow(changes: Partial<StoredWebhook> = {}): StoredWebhook {
  return {
    id: newWebhookId(start.getTime()),
    organizationId: 'acme',
    name: null,
    description: null,
    url: 'https://receiver.example/hooks',
    eventTypes: [],
    channels: [],
    filter: null,
    format: 'leadhooks',
    mapping: null,
    headerNames: [],
    bodySignature: 'sha256=',
    retry: null,
    timeoutMs: null,
    concurrency: null,
    throttle: null,
    ordered: false,
    traceContext: false,
    batch: null,
    maintenance: [],
    authenticationType: null,
    tlsCertificates: null,
    circuit: null,
    autoDisable: null,
    circuitState: 'closed',
    waitsUntil: null,
    waitsFor: null,
    rotateSecretEveryDays: null,
    rotateSecretAt: null,
    secretRotatedAt: null,
    publicKey: null,
    previousSecretEndsAt: null,
    verification: null,
    verifiedAt: null,
    enabled: true,
    disabledReason: null,
    disabledAt: null,
    createdAt: start,
    updatedAt: start,
    sealedSecret: 'sealed:secret',
    sealedPreviousSecret: null,
    sealedPrivateKey: null,
    previousPublicKey: null,
    sealedPreviousPrivateKey: null,
    sealedHeaders: null,
    sealedAuthentication: null,
    sealedTls: null,
    organizationMaintenance: [],
    maxAgeMs: null,
    health: null,
    ...changes,
  }
}

/** An event type as core would store it. */
export function typeRow(changes: Partial<RegisteredEventType> = {}): RegisteredEventType {
  return {
    organizationId: 'acme',
    name: 'deal.won',
    description: null,
    schema: { type: 'object' },
    example: null,
    sensitive: [],
    createdAt: start,
    updatedAt: start,
    ...changes,
  }
}

/** An event as core would store it, of the type `contact.created` unless told; its id is new each time. */
export function eventRow(changes: Partial<NewEvent> = {}): NewEvent {
  const id = changes.id ?? newEventId(start.getTime())
  const type = changes.type ?? 'contact.created'
  return {
    id,
    organizationId: 'acme',
    type,
    body: JSON.stringify({ id, event: type, timestamp: start.toISOString(), data: { name: 'Ada' } }),
    channels: null,
    orderingKey: null,
    traceparent: null,
    createdAt: start,
    patterns: [type, `${type.split('.')[0]}.*`],
    ...changes,
  }
}

/** What a worker writes of one request. */
export function attemptRow(number: number, changes: Partial<Attempt> = {}): Attempt {
  return {
    number,
    startedAt: start,
    durationMs: 12,
    outcome: 'succeeded',
    failure: null,
    message: null,
    statusCode: 200,
    responseBody: 'ok',
    batch: null,
    ...changes,
  }
}

/** A bulk replay as core would store it, of dead letters, of the first hour; its id is new each time. */
export function bulkReplayRow(changes: Partial<StoredBulkReplay> = {}): StoredBulkReplay {
  return {
    id: newBulkReplayId(start.getTime()),
    organizationId: 'acme',
    kind: 'replay',
    state: 'running',
    webhookId: null,
    eventType: null,
    status: 'dead_letter',
    includeFailed: false,
    since: null,
    until: after(hour),
    perSecond: 50,
    total: 0,
    replayed: 0,
    skipped: 0,
    createdAt: start,
    finishedAt: null,
    idempotencyKey: null,
    afterCreatedAt: null,
    afterId: null,
    ...changes,
  }
}

export async function addWebhook(
  storage: Storage,
  changes: Partial<StoredWebhook> = {},
): Promise<StoredWebhook> {
  const webhook = webhookRow(changes)
  await storage.insertWebhook(webhook)
  return webhook
}

/** Dispatches `count` events at `now`. */
export async function dispatch(
  storage: Storage,
  changes: Partial<NewEvent> = {},
  { count = 1, now = start }: { count?: number; now?: Date } = {},
): Promise<NewEvent[]> {
  const events = Array.from({ length: count }, () => eventRow({ createdAt: now, ...changes }))
  await storage.insertEvents(events, { now })
  return events
}

/** Claims at the start, with room for all, unless told otherwise. */
export async function claim(
  storage: Storage,
  request: Partial<ClaimRequest> = {},
): Promise<ClaimedDelivery[]> {
  return storage.claimDeliveries({
    limit: 100,
    leaseMs: minute,
    room: new Map(),
    defaultConcurrency: 100,
    now: start,
    ...request,
  })
}

/** A webhook and one delivery to it, under a lease of a minute that began at the start. */
export async function addClaimed(
  storage: Storage,
  webhook: Partial<StoredWebhook> = {},
): Promise<ClaimedDelivery> {
  const { organizationId } = await addWebhook(storage, webhook)
  await dispatch(storage, { organizationId })
  return claimOne(storage)
}

/** Claims, and expects to be given exactly one delivery. */
export async function claimOne(
  storage: Storage,
  request: Partial<ClaimRequest> = {},
): Promise<ClaimedDelivery> {
  return only(await claim(storage, request))
}

/** Expires what is too old, ten at a time unless told otherwise, and answers how many. */
export async function expire(
  storage: Storage,
  options: Partial<Parameters<Storage['expireDeliveries']>[0]> = {},
): Promise<number> {
  const expired = await storage.expireDeliveries({ limit: 10, defaultMaxAgeMs: 24 * hour, ...options })
  return expired.length
}

/** What is told of a delivery that was given up. */
export function givenUp({ organizationId, webhookId, eventId, eventType, id }: Delivery): GivenUp {
  return { organizationId, webhookId, eventId, eventType, id }
}

/** The one row that there is; fails where there are none or more. */
export function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  assert.ok(row !== undefined && rows.length === 1, `There must be one row, not ${rows.length}`)
  return row
}

/** What a worker writes when its request brought success; `changes` make it something else. */
export function settlementOf(claimed: ClaimedDelivery, changes: Partial<Settlement> = {}): Settlement {
  const { id, lease, attempt } = claimed
  return { id, lease, attempt: attemptRow(attempt), next: { status: 'delivered' }, ...changes }
}

/** Writes what came of a claim, and answers whether it was written. */
export async function settle(
  storage: Storage,
  claimed: ClaimedDelivery,
  changes: Partial<Settlement> = {},
  now: Date = start,
): Promise<boolean> {
  return only(await storage.settleDeliveries([settlementOf(claimed, changes)], { now }))
}

/** The delivery as it is stored now. */
export async function reload(storage: Storage, { organizationId, id }: Scoped): Promise<Delivery> {
  const delivery = await storage.findDelivery({ organizationId, id })
  assert.ok(delivery !== null, `Delivery "${id}" must be there`)
  return delivery
}

/** The attempts of a delivery, shortened to their numbers and outcomes. */
export async function outcomes(storage: Storage, { organizationId, id }: Scoped): Promise<string[]> {
  const attempts = await storage.listAttempts({ organizationId, id })
  assert.ok(attempts !== null, `Delivery "${id}" must be there`)
  return attempts.map(({ number, outcome }) => `${number} ${outcome}`)
}

/** Calls `count` callers at once. */
export async function race<Result>(
  count: number,
  caller: (index: number) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => caller(index)))
}

/** Calls another at once with six callers, of whom half come before it: neither side is always the first. */
export async function raceAround<Result, Other>(
  caller: () => Promise<Result>,
  other: () => Promise<Other>,
): Promise<[Result[], Other]> {
  const [early, answer, late] = await Promise.all([race(3, caller), other(), race(3, caller)])
  return [[...early, ...late], answer]
}
