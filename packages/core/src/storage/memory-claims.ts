import { LeadhooksError } from '../errors.ts'
import { newLease } from '../ids.ts'
import type { Attempt } from '../model/attempt.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import { addAttempt, finish, showGivenUp } from './memory-delivery-row.ts'
import { endFact } from '../rollups/settled-facts.ts'
import { countSettled } from './memory-rollups.ts'
import { copy, type DeliveryRow, eventKey, type Lease, type MemoryState, timeOf } from './memory-state.ts'
import type { ClaimedDelivery, ClaimRequest, GivenUp, Scoped } from './storage.ts'

const maxLapses = 5
/** So many workers in a row have vanished over a suspect. */
const suspectLapses = 2

export function claimDeliveries(state: MemoryState, request: ClaimRequest): ClaimedDelivery[] {
  const now = timeOf(request)
  if (request.only !== undefined)
    return leaseDeliveries(
      state,
      ofOneWebhook(state, request.only, now).slice(0, request.limit),
      request.leaseMs,
      now,
    )
  const crashed = endCrashed(state, now)
  if (crashed.length > 0) request.onGivenUp?.(crashed)
  const chosen = chooseDeliveries(state, request, now)
  return leaseDeliveries(state, chosen, request.leaseMs, now)
}

/** Lapsed leases first, then one delivery of each organization and each webhook in turn, as far as there is room for each. */
export function chooseDeliveries(state: MemoryState, request: ClaimRequest, now: Date): DeliveryRow[] {
  const due = [...state.unfinished].filter((row) => isDue(state, row, now)).sort(byDueTime)
  const lanes = groupedBy(due, ({ webhookId }) => webhookId)
  const rows = lanes.flatMap(([webhookId, lane]) =>
    withOneSuspect(lane).slice(0, roomOf(state, request, webhookId)),
  )
  const lapsed = rows.filter(({ lease }) => lease !== null).sort(byDueTime)
  const waiting = rows.filter(({ lease }) => lease === null)
  const chosen = withOrganizationRoom([...lapsed, ...inFairOrder(state, waiting)], request)
  return withOneSuspect(chosen, isSuspectOut(state, now)).slice(0, request.limit)
}

function ofOneWebhook(state: MemoryState, { organizationId, id }: Scoped, now: Date): DeliveryRow[] {
  return [...state.unfinished]
    .filter((row) => row.webhookId === id && row.organizationId === organizationId)
    .filter((row) => row.lease === null && isDue(state, row, now))
    .sort(byDueTime)
}

/** Without the suspects but for the first one; without any where one is out. */
function withOneSuspect(rows: readonly DeliveryRow[], isOneOut = false): DeliveryRow[] {
  const first = isOneOut ? undefined : rows.find(becomesSuspect)
  return rows.filter((row) => row === first || !becomesSuspect(row))
}

function becomesSuspect({ lease, lapses }: DeliveryRow): boolean {
  return lease !== null && lapses + 1 >= suspectLapses
}

function isSuspectOut(state: MemoryState, now: Date): boolean {
  return [...state.unfinished].some(
    (row) => row.lapses >= suspectLapses && row.lease !== null && !isLapsed(row, now),
  )
}

/** Gives each row a new lease, and counts the attempt of a worker whose lease lapsed. */
export function leaseDeliveries(
  state: MemoryState,
  rows: readonly DeliveryRow[],
  leaseMs: number,
  now: Date,
): ClaimedDelivery[] {
  const webhooks = new Map(rows.map(({ webhookId }) => [webhookId, copy(state.webhooks.get(webhookId))]))
  return rows.map((row) => {
    if (row.lease !== null) recordLapse(state, row, row.lease)
    const lease = { token: newLease(), claimedAt: now, until: new Date(now.getTime() + leaseMs) }
    row.lease = lease
    countTurn(state, row)
    return showClaimed(state, row, lease, webhooks)
  })
}

/** Notes that a worker vanished: what it sent, if anything, nobody knows. */
export function recordLapse(state: MemoryState, row: DeliveryRow, lease: Lease): void {
  const lost: Attempt = {
    number: row.attempts + 1,
    startedAt: lease.claimedAt,
    durationMs: null,
    outcome: 'lost',
    failure: null,
    message: null,
    statusCode: null,
    responseBody: null,
    batch: null,
  }
  addAttempt(state, row, lost)
  row.lapses++
  row.lease = null
}

export function isLapsed({ lease }: DeliveryRow, now: Date): boolean {
  return lease !== null && lease.until <= now
}

/** A delivery on which every worker dies must not take one worker after the other with it. */
function endCrashed(state: MemoryState, now: Date): GivenUp[] {
  const crashed: GivenUp[] = []
  for (const row of state.unfinished) {
    if (row.lapses < maxLapses - 1 || row.lease === null || !isDue(state, row, now)) continue
    recordLapse(state, row, row.lease)
    finish(state, row, { status: 'dead_letter', reason: 'worker_crash' }, now)
    crashed.push(showGivenUp(row))
    countSettled(state, row, endFact('worker_crash'), now)
  }
  return crashed
}

export function isDue(state: MemoryState, row: DeliveryRow, now: Date): boolean {
  const webhook = state.webhooks.get(row.webhookId)
  if (webhook?.enabled !== true || (webhook.waitsUntil !== null && webhook.waitsUntil > now)) return false
  if (row.lease !== null) return isLapsed(row, now)
  return row.nextAttemptAt !== null && row.nextAttemptAt <= now
}

function byDueTime(a: DeliveryRow, b: DeliveryRow): number {
  return Number(b.lease !== null) - Number(a.lease !== null) || dueAt(a) - dueAt(b)
}

/** When it fell due; of one whose lease has lapsed, when that did. */
export function dueAt({ lease, nextAttemptAt }: DeliveryRow): number {
  return (lease?.until ?? nextAttemptAt ?? new Date(0)).getTime()
}

function roomOf(state: MemoryState, request: ClaimRequest, webhookId: string): number {
  const { room, defaultConcurrency, mostConcurrency = Infinity } = request
  const concurrency = state.webhooks.get(webhookId)?.concurrency ?? defaultConcurrency
  return room.get(webhookId) ?? Math.min(concurrency, mostConcurrency)
}

function withOrganizationRoom(rows: DeliveryRow[], request: ClaimRequest): DeliveryRow[] {
  const { organizationRoom, mostPerOrganization = Infinity } = request
  const organizations = groupedBy(rows, ({ organizationId }) => organizationId)
  const given = organizations.flatMap(([id, own]) =>
    own.slice(0, organizationRoom?.get(id) ?? mostPerOrganization),
  )
  const hasRoom = new Set(given)
  return rows.filter((row) => hasRoom.has(row))
}

/** One organization after the other, and within each one webhook after the other. */
function inFairOrder(state: MemoryState, rows: DeliveryRow[]): DeliveryRow[] {
  const organizations = groupedBy(rows, ({ organizationId }) => organizationId)
  const fairWithin = organizations.map(([organizationId, own]): [string, DeliveryRow[]] => {
    const webhooks = groupedBy(own, ({ webhookId }) => webhookId)
    return [organizationId, inTurns(state, webhooks)]
  })
  return inTurns(state, fairWithin)
}

/**
 * The first row of each queue, then the second of each, until all are empty. The queue that was served longest ago comes
 * first, so that claims of one delivery at a time go round as well.
 */
function inTurns({ turns }: MemoryState, queues: [string, DeliveryRow[]][]): DeliveryRow[] {
  const sorted = queues
    .sort(([a], [b]) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0))
    .map(([, queue]) => queue)
  const longest = Math.max(0, ...sorted.map((queue) => queue.length))
  const rounds = Array.from({ length: longest }, (_, round) => sorted.flatMap((queue) => queue[round] ?? []))
  return rounds.flat()
}

function groupedBy(
  rows: readonly DeliveryRow[],
  keyOf: (row: DeliveryRow) => string,
): [string, DeliveryRow[]][] {
  const groups = new Map<string, DeliveryRow[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group === undefined) groups.set(keyOf(row), [row])
    else group.push(row)
  }
  return [...groups]
}

function countTurn(state: MemoryState, { organizationId, webhookId }: DeliveryRow): void {
  state.claimed++
  state.turns.set(organizationId, state.claimed).set(webhookId, state.claimed)
}

function showClaimed(
  state: MemoryState,
  row: DeliveryRow,
  lease: Lease,
  webhooks: ReadonlyMap<string, StoredWebhook | undefined>,
): ClaimedDelivery {
  const { id, organizationId, eventId } = row
  const event = state.events.get(eventKey({ organizationId, id: eventId }))
  const webhook = webhooks.get(row.webhookId)
  const shaped = state.bodies.get(id)
  if (event === undefined || webhook === undefined) {
    throw new LeadhooksError('storage_corrupt', `Delivery "${id}" has lost its event or its webhook`)
  }
  return {
    id,
    organizationId,
    lease: lease.token,
    attempt: row.attempts + 1,
    createdAt: copy(row.createdAt),
    status: row.status === 'retrying' ? 'retrying' : 'pending',
    orderingKey: row.orderingKey,
    event: {
      id: event.id,
      type: event.type,
      body: shaped?.body ?? event.body,
      traceparent: event.traceparent,
    },
    shapedAs: shaped?.format ?? null,
    webhook,
  }
}
