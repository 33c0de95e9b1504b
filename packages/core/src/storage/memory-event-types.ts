import { everyOrganization } from '../model/event-type.ts'
import { appendAudit } from './memory-audit.ts'
import { copy, type MemoryState } from './memory-state.ts'
import type { EventTypeKey, EventTypeRules, EventTypeStorage } from './storage.ts'

export function memoryEventTypes(state: MemoryState): EventTypeStorage<never> {
  const { eventTypes } = state
  const own = ({ organizationId }: { organizationId: string }) =>
    [...eventTypes.values()].filter((type) => type.organizationId === organizationId)

  function findEventTypeRulesSync({ organizationId, name }: EventTypeKey): EventTypeRules | null {
    const type =
      eventTypes.get(keyOf({ organizationId: everyOrganization, name })) ??
      eventTypes.get(keyOf({ organizationId, name }))
    return type === undefined ? null : copy({ schema: type.schema, sensitive: type.sensitive })
  }

  return {
    async insertEventType(type, audit) {
      if (eventTypes.has(keyOf(type))) return false
      appendAudit(state, type.organizationId, audit, { before: null, after: type })
      eventTypes.set(keyOf(type), copy(type))
      state.eventTypeChanges++
      return true
    },

    async updateEventType(key, changes, audit) {
      const before = eventTypes.get(keyOf(key))
      if (before === undefined) return null
      const after = { ...before, ...copy(changes) }
      appendAudit(state, key.organizationId, audit, { before, after })
      state.eventTypeChanges++
      return copy(Object.assign(before, after))
    },

    async deleteEventType(key, audit) {
      const before = eventTypes.get(keyOf(key))
      if (before === undefined) return false
      appendAudit(state, key.organizationId, audit, { before, after: null })
      state.eventTypeChanges++
      return eventTypes.delete(keyOf(key))
    },

    async listEventTypes(query) {
      return copy(own(query).sort((a, b) => (a.name < b.name ? -1 : 1)))
    },

    async countEventTypes(query) {
      return own(query).length
    },

    async findEventTypeRules(key) {
      return findEventTypeRulesSync(key)
    },

    findEventTypeRulesSync,

    async eventTypesVersion() {
      return state.eventTypeChanges
    },
  }
}

function keyOf({ organizationId, name }: EventTypeKey): string {
  return JSON.stringify([organizationId, name])
}
