import type { StoredWebhook } from '../model/webhook.ts'
import { dueAt, isDue } from './memory-claims.ts'
import { type MemoryState, timeOf } from './memory-state.ts'
import type { BacklogStorage, WebhookCounts } from './storage.ts'

export function memoryBacklog(state: MemoryState): BacklogStorage {
  return {
    async readBacklog(timed) {
      const now = timeOf(timed)
      const due = [...state.unfinished].filter((row) => isDue(state, row, now))
      const deadLetters = [...state.deliveries.values()].filter(
        ({ status, resolvedAt }) => status === 'dead_letter' && resolvedAt === null,
      )
      return {
        unfinished: state.unfinished.size,
        due: due.length,
        oldestDueAt: due.length === 0 ? null : new Date(Math.min(...due.map(dueAt))),
        deadLetters: deadLetters.length,
        webhooks: count([...state.webhooks.values()], now),
      }
    },
  }
}

function count(webhooks: readonly StoredWebhook[], now: Date): WebhookCounts {
  const counts = { active: 0, waiting: 0, disabled: 0 }
  for (const { enabled, waitsUntil } of webhooks) {
    if (!enabled) counts.disabled++
    else if (waitsUntil !== null && waitsUntil > now) counts.waiting++
    else counts.active++
  }
  return counts
}
