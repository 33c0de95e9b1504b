import type { Attempt } from '../model/attempt.ts'
import type { Delivery } from '../model/delivery.ts'
import type { DisabledReason } from '../model/webhook.ts'
import { appendAudit } from './memory-audit.ts'
import { claimDeliveries, isLapsed, recordLapse } from './memory-claims.ts'
import {
  addAttempt,
  attemptsOf,
  finish,
  replayRow,
  showDelivery,
  showGivenUp,
} from './memory-delivery-row.ts'
import { copy, type DeliveryRow, eventKey, type MemoryState, ownRow, pageOf, timeOf } from './memory-state.ts'
import type { Claim, DeliveryQuery, DeliveryStorage, Scoped, Settlement, SettleOptions } from './storage.ts'
import { endFact, factOf } from '../rollups/settled-facts.ts'
import { countSettled } from './memory-rollups.ts'

/** Each names the field of a delivery that it compares. */
const filters = ['organizationId', 'webhookId', 'eventId', 'eventType', 'status'] as const

export function memoryDeliveries(state: MemoryState): DeliveryStorage {
  return {
    async claimDeliveries(request) {
      return claimDeliveries(state, request)
    },

    async renewLeases(claims, { leaseMs, ...timed }) {
      const until = new Date(timeOf(timed).getTime() + leaseMs)
      const held = claims.flatMap((claim) => heldRow(state, claim) ?? [])
      for (const { lease } of held) if (lease !== null) lease.until = until
      return held.map(({ id }) => id)
    },

    async releaseDeliveries(claims) {
      for (const claim of claims) {
        const row = heldRow(state, claim)
        if (row !== null) row.lease = null
      }
    },

    async keepBodies(bodies) {
      return bodies.map(({ format, body, ...claim }) => {
        const row = heldRow(state, claim)
        if (row !== null && !state.bodies.has(row.id)) state.bodies.set(row.id, { format, body })
        return row !== null
      })
    },

    async findBody(delivery) {
      const row = ownRow(state.deliveries, delivery)
      return copy((row && state.bodies.get(row.id)) ?? null)
    },

    async settleDeliveries(settlements, { audit, onDisabled, ...timed }) {
      const now = timeOf(timed)
      return copy(settlements).map((settlement) => settle(state, settlement, now, { audit, onDisabled }))
    },

    async expireDeliveries({ limit, defaultMaxAgeMs, ...timed }) {
      const now = timeOf(timed)
      const old = [...state.unfinished]
        .filter((row) => hasExpired(state, row, defaultMaxAgeMs, now))
        .slice(0, limit)
      for (const row of old) {
        if (row.lease !== null) recordLapse(state, row, row.lease)
        finish(state, row, { status: 'dead_letter', reason: 'expired' }, now)
        countSettled(state, row, endFact('expired'), now)
      }
      return old.map(showGivenUp)
    },

    async findDelivery(delivery) {
      const row = ownRow(state.deliveries, delivery)
      return row && showDelivery(row)
    },

    async listDeliveries(query) {
      const rows = [...state.deliveries.values()].filter((row) => isWanted(row, query))
      return pageOf(rows, query).map(showDelivery)
    },

    async listAttempts(delivery) {
      const row = ownRow(state.deliveries, delivery)
      return row && copy(attemptsOf(state, row)).sort((a, b) => a.number - b.number)
    },

    async retryDelivery({ now, ...delivery }) {
      const row = unfinishedRow(state, delivery)
      if (row === null) return null
      const at = timeOf({ now })
      if (row.lease === null && row.nextAttemptAt !== null && row.nextAttemptAt > at) row.nextAttemptAt = at
      return showDelivery(row)
    },

    async replayDelivery({ now, ...delivery }) {
      const row = ownRow(state.deliveries, delivery)
      const replay = row && replayRow(state, row, timeOf({ now }))
      return replay && showDelivery(replay)
    },

    async cancelDelivery({ now, ...delivery }) {
      const row = unfinishedRow(state, delivery)
      if (row === null) return null
      finish(state, row, { status: 'cancelled', reason: 'by_user' }, timeOf({ now }))
      return showDelivery(row)
    },

    async cancelWaiting({ organizationId, webhookId, createdBefore, limit, now }) {
      const at = timeOf({ now })
      const waiting = [...state.unfinished].filter(
        (row) =>
          row.organizationId === organizationId &&
          row.webhookId === webhookId &&
          (row.lease === null || isLapsed(row, at)) &&
          (createdBefore === null || row.createdAt < createdBefore),
      )
      const cancelled = waiting.slice(0, limit)
      for (const row of cancelled) {
        if (row.lease !== null) recordLapse(state, row, row.lease)
        finish(state, row, { status: 'cancelled', reason: 'by_user' }, at)
      }
      return cancelled.length
    },

    async resolveDelivery({ now, ...delivery }) {
      const row = ownRow(state.deliveries, delivery)
      if (row?.status !== 'dead_letter') return null
      row.resolvedAt ??= timeOf({ now })
      return showDelivery(row)
    },
  }
}

/** The delivery, where this claim's token is still the one that counts, be its time over or not. */
function heldRow(state: MemoryState, { id, lease }: Claim): DeliveryRow | null {
  const row = state.deliveries.get(id)
  return row?.lease?.token === lease ? row : null
}

function unfinishedRow(state: MemoryState, delivery: Scoped): DeliveryRow | null {
  const row = ownRow(state.deliveries, delivery)
  return row !== null && state.unfinished.has(row) ? row : null
}

type Disabling = Pick<SettleOptions, 'audit' | 'onDisabled'>

function settle(state: MemoryState, settlement: Settlement, now: Date, options: Disabling): boolean {
  const row = heldRow(state, settlement)
  if (row === null) {
    if (settlement.attempt !== null) supersede(state, settlement.id, settlement.attempt)
    return false
  }
  if (settlement.attempt !== null) addAttempt(state, row, settlement.attempt)
  moveOn(state, row, settlement, now)
  countSettled(state, row, factOf(settlement), now)
  if (settlement.disableWebhook !== undefined)
    disableWebhook(state, row, settlement.disableWebhook, now, options)
  return true
}

function moveOn(state: MemoryState, row: DeliveryRow, { attempt, next }: Settlement, now: Date): void {
  if (next.status === 'retrying') {
    const nextAttemptAt = new Date(now.getTime() + next.delayMs)
    const status = attempt === null ? row.status : 'retrying'
    Object.assign(row, { status, nextAttemptAt, lease: null, lapses: 0 })
    return
  }
  finish(state, row, { status: next.status, reason: 'reason' in next ? next.reason : null }, now)
}

function disableWebhook(
  state: MemoryState,
  { webhookId }: DeliveryRow,
  reason: DisabledReason,
  now: Date,
  { audit, onDisabled }: Disabling,
): void {
  const webhook = state.webhooks.get(webhookId)
  if (webhook?.enabled !== true) return
  const after = { ...webhook, enabled: false, disabledReason: reason, disabledAt: now, updatedAt: now }
  appendAudit(state, webhook.organizationId, audit, { before: webhook, after })
  Object.assign(webhook, after)
  onDisabled?.({ organizationId: webhook.organizationId, id: webhook.id })
}

/** Keeps a request that the receiver saw, though its result came too late to count. */
function supersede(state: MemoryState, deliveryId: string, attempt: Attempt): void {
  const row = state.deliveries.get(deliveryId)
  if (row === undefined) return
  const attempts = attemptsOf(state, row)
  const index = attempts.findIndex(({ number }) => number === attempt.number)
  const event = state.events.get(eventKey({ ...row, id: row.eventId }))
  const responseBody = event?.body === '' ? null : attempt.responseBody
  const superseded: Attempt = { ...attempt, responseBody, outcome: 'superseded' }
  if (attempts[index]?.outcome === 'lost') attempts[index] = superseded
  else if (index === -1 && row.status === 'cancelled') {
    attempts.push(superseded)
    row.attempts = Math.max(row.attempts, attempt.number)
  }
}

/** Only what no worker holds: one that does says what comes of it, or lets its lease lapse. */
function hasExpired(state: MemoryState, row: DeliveryRow, defaultMaxAgeMs: number, now: Date): boolean {
  const webhook = state.webhooks.get(row.webhookId)
  if (webhook === undefined || (row.lease !== null && !isLapsed(row, now))) return false
  return row.createdAt.getTime() + (webhook.maxAgeMs ?? defaultMaxAgeMs) < now.getTime()
}

function isWanted(row: Delivery, query: DeliveryQuery): boolean {
  return filters.every((field) => query[field] === undefined || query[field] === row[field])
}
