import { everyOrganization } from '../model/event-type.ts'
import { appendAudit } from './memory-audit.ts'
import type { MemoryState } from './memory-state.ts'
import type { OrganizationStorage } from './storage.ts'

type Erasure = Pick<OrganizationStorage, 'beginErasure' | 'eraseNext' | 'listErasures'>

export function memoryErasure(state: MemoryState): Erasure {
  return {
    async beginErasure({ organizationId }, audit) {
      if (state.erasures.has(organizationId)) return false
      appendAudit(state, everyOrganization, audit, { before: null, after: null })
      state.erasures.add(organizationId)
      return true
    },

    async eraseNext({ organizationId }) {
      const erased = erase(state, organizationId)
      if (erased === 0) state.erasures.delete(organizationId)
      return erased > 0
    },

    async listErasures({ limit }) {
      return [...state.erasures].sort().slice(0, limit)
    },
  }
}

/** Everything at once: nothing takes long here. Answers how many rows there were. */
function erase(state: MemoryState, organizationId: string): number {
  const isOwn = (row: { organizationId: string }): boolean => row.organizationId === organizationId
  for (const row of state.unfinished) if (isOwn(row)) state.unfinished.delete(row)
  for (const { id } of [...state.deliveries.values()].filter(isOwn)) {
    state.attempts.delete(id)
    state.bodies.delete(id)
  }
  for (const [hash, { apiKeyId }] of state.apiKeyTokens)
    if (state.apiKeys.get(apiKeyId)?.organizationId === organizationId) state.apiKeyTokens.delete(hash)
  for (const { id } of [...state.webhooks.values()].filter(isOwn)) state.throttles.delete(id)
  const types = removeFrom(state.eventTypes, isOwn)
  if (types > 0) state.eventTypeChanges++
  const entries = state.auditEntries.filter(isOwn)
  for (const entry of entries) state.auditEntries.splice(state.auditEntries.indexOf(entry), 1)
  const tables = [state.webhooks, state.apiKeys, state.apiKeyUsage, state.bulkReplays, state.deliveries]
  const others = [state.events, state.rollups, state.auditHeads, state.requests]
  const removed = [...tables, ...others].map((table) => removeFrom<{ organizationId: string }>(table, isOwn))
  state.turns.delete(organizationId)
  state.watches.delete(organizationId)
  const { rows } = state.changes
  rows.splice(0, rows.length, ...rows.filter((row) => !isOwn(row)))
  const own = Number(state.organizations.delete(organizationId))
  return removed.reduce((sum, count) => sum + count, types + entries.length + own)
}

function removeFrom<Row>(table: Map<string, Row>, isOwn: (row: Row) => boolean): number {
  const own = [...table].filter(([, row]) => isOwn(row))
  for (const [key] of own) table.delete(key)
  return own.length
}
