import { newDeliveryId } from '../ids.ts'
import type { Attempt } from '../model/attempt.ts'
import type { Delivery } from '../model/delivery.ts'
import type { StoredEvent } from '../model/event.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import { copy, type DeliveryRow, eventKey, type MemoryState } from './memory-state.ts'
import type { GivenUp } from './storage.ts'

const original = { replayOf: null, replayRoot: null, replayDepth: 0 }

/** Writes a delivery that is due at once; `origin` names what it repeats, if anything. */
export function addDelivery(
  state: MemoryState,
  event: StoredEvent,
  { id: webhookId, ordered }: Pick<StoredWebhook, 'id' | 'ordered'>,
  now: Date,
  origin: Pick<Delivery, 'replayOf' | 'replayRoot' | 'replayDepth'> = original,
): DeliveryRow {
  const row: DeliveryRow = {
    id: newDeliveryId(now.getTime()),
    organizationId: event.organizationId,
    webhookId,
    eventId: event.id,
    eventType: event.type,
    status: 'pending',
    reason: null,
    attempts: 0,
    nextAttemptAt: now,
    statusCode: null,
    failure: null,
    ...origin,
    createdAt: now,
    finishedAt: null,
    resolvedAt: null,
    lease: null,
    lapses: 0,
    orderingKey: ordered ? event.orderingKey : null,
  }
  if (firstOfKey(state, row) !== undefined) row.nextAttemptAt = null
  state.deliveries.set(row.id, row)
  state.unfinished.add(row)
  state.attempts.set(row.id, [])
  return row
}

/** A new delivery like this one; null where its webhook, its event or the data of that is no more. */
export function replayRow(state: MemoryState, row: DeliveryRow, now: Date): DeliveryRow | null {
  const event = state.events.get(eventKey({ organizationId: row.organizationId, id: row.eventId }))
  if (event === undefined || event.body === '' || !state.webhooks.has(row.webhookId)) return null
  const origin = {
    replayOf: row.id,
    replayRoot: row.replayRoot ?? row.id,
    replayDepth: row.replayDepth + 1,
  }
  const replay = addDelivery(state, event, { id: row.webhookId, ordered: false }, now, origin)
  const shaped = state.bodies.get(row.id)
  if (shaped !== undefined) state.bodies.set(replay.id, shaped)
  return replay
}

/** Ends a delivery, and with it the lease that a worker may have. */
export function finish(
  state: MemoryState,
  row: DeliveryRow,
  end: Pick<Delivery, 'status' | 'reason'>,
  now: Date,
): void {
  Object.assign(row, end, { nextAttemptAt: null, finishedAt: now, lease: null })
  state.unfinished.delete(row)
  const next = firstOfKey(state, row)
  if (next !== undefined) next.nextAttemptAt ??= next.createdAt
}

/** The unfinished delivery of the same ordering key to the same webhook that has its turn. */
function firstOfKey(state: MemoryState, { webhookId, orderingKey }: DeliveryRow): DeliveryRow | undefined {
  if (orderingKey === null) return undefined
  // A set keeps the order in which they came.
  for (const row of state.unfinished)
    if (row.webhookId === webhookId && row.orderingKey === orderingKey) return row
  return undefined
}

/** Counts an attempt that was started, and takes over how it ended. */
export function addAttempt(state: MemoryState, row: DeliveryRow, attempt: Attempt): void {
  const { number: attempts, statusCode, failure } = attempt
  Object.assign(row, { attempts, statusCode, failure })
  attemptsOf(state, row).push(attempt)
}

export function attemptsOf(state: MemoryState, row: DeliveryRow): Attempt[] {
  return state.attempts.get(row.id) ?? []
}

export function showGivenUp({ id, organizationId, webhookId, eventId, eventType }: DeliveryRow): GivenUp {
  return { id, organizationId, webhookId, eventId, eventType }
}

/** A delivery as callers see it. */
export function showDelivery(row: DeliveryRow): Delivery {
  const { lease: _lease, lapses: _lapses, orderingKey: _orderingKey, ...delivery } = row
  return copy(delivery)
}
