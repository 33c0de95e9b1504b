import { type MemoryState, timeOf } from './memory-state.ts'
import type { ChangeStorage } from './storage.ts'

export function memoryChanges({ watches, changes }: MemoryState): ChangeStorage {
  return {
    async watchChanges({ organizationIds, forMs, ...timed }) {
      for (const id of organizationIds) watches.set(id, timeOf(timed).getTime() + forMs)
    },

    async listWatched(timed) {
      const now = timeOf(timed).getTime()
      return [...watches].filter(([, until]) => until > now).map(([id]) => id)
    },

    async noteChanges(noted, timed) {
      const now = timeOf(timed)
      for (const { organizationId, change } of noted) {
        if ((watches.get(organizationId) ?? 0) <= now.getTime()) continue
        changes.last++
        changes.rows.push({ key: changes.last, organizationId, change, notedAt: now })
      }
    },

    async readChanges({ after, limit }) {
      const next = changes.rows.filter(({ key }) => key > after).slice(0, limit)
      return next.map(({ key, organizationId, change }) => ({ key, organizationId, change }))
    },

    async lastChange() {
      return changes.rows.at(-1)?.key ?? 0
    },

    async forgetChanges({ before, limit, ...timed }) {
      const now = timeOf(timed).getTime()
      for (const [id, until] of watches) if (until <= now) watches.delete(id)
      const old = changes.rows.filter(({ notedAt }) => notedAt < before).length
      return changes.rows.splice(0, Math.min(old, limit)).length
    },
  }
}
