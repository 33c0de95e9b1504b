import type { Delivery } from '../model/delivery.ts'
import type { Rollup } from '../model/rollup.ts'
import { addRollup, FactSums } from '../rollups/roll-up.ts'
import { factsOf } from '../rollups/settled-facts.ts'
import { copy, type MemoryState } from './memory-state.ts'
import type { RollupQuery, RollupStorage } from './storage.ts'

export function memoryRollups(state: MemoryState): RollupStorage {
  const { rollups } = state
  return {
    async readRollups(query) {
      return [...rollups.values()].filter((rollup) => isAskedFor(query, rollup)).map(copy)
    },

    // Everything is in the rollups at once.
    async foldRollups() {
      return 0
    },

    async forgetRollups({ interval, before, limit }) {
      const old = [...rollups].filter(([, row]) => row.interval === interval && row.startsAt < before)
      for (const [key] of old.slice(0, limit)) rollups.delete(key)
      return Math.min(old.length, limit)
    },

    async rebuildRollups({ organizationId, keptSince }) {
      const sums = new FactSums()
      for (const delivery of state.deliveries.values()) {
        if (delivery.organizationId !== organizationId) continue
        const { webhookId, eventType, createdAt, finishedAt } = delivery
        const facts = factsOf(delivery, state.attempts.get(delivery.id) ?? [])
        sums.add({ organizationId, webhookId, eventType, settledAt: finishedAt ?? createdAt, facts })
      }
      for (const [key, rollup] of rollups) if (rollup.organizationId === organizationId) rollups.delete(key)
      for (const rollup of sums.rollups())
        if (rollup.startsAt >= keptSince[rollup.interval]) addRollup(rollups, rollup)
    },
  }
}

/** Counts what a settlement said of a delivery. */
export function countSettled(
  { rollups }: MemoryState,
  { organizationId, webhookId, eventType }: Delivery,
  fact: string | null,
  settledAt: Date,
): void {
  if (fact === null) return
  const sums = new FactSums()
  sums.add({ organizationId, webhookId, eventType, settledAt, facts: fact })
  for (const rollup of sums.rollups()) addRollup(rollups, rollup)
}

function isAskedFor(query: RollupQuery, rollup: Rollup): boolean {
  const { organizationId, spans, webhookIds, eventType = null, eachEventType = false } = query
  if (rollup.organizationId !== organizationId) return false
  const isWebhook =
    webhookIds === undefined
      ? rollup.webhookId === null
      : rollup.webhookId !== null && webhookIds.includes(rollup.webhookId)
  const isType = eachEventType ? rollup.eventType !== null : rollup.eventType === eventType
  return (
    isWebhook &&
    isType &&
    spans.some(
      ({ interval, from, to }) =>
        interval === rollup.interval && from <= rollup.startsAt && rollup.startsAt < to,
    )
  )
}
