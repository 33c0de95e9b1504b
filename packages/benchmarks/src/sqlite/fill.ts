import type { Leadhooks } from '@leadhooks/core'
import type Database from 'better-sqlite3'
import { eventTypeOf, leadData, organizationOf, webhookCount } from '../leads.ts'
import type { events } from './open.ts'

type BenchLeadhooks = Leadhooks<typeof events, Database.Database>

export async function createWebhooks(leadhooks: BenchLeadhooks, url: string): Promise<void> {
  for (let n = 0; n < webhookCount; n++) {
    await leadhooks.webhooks.create({
      organizationId: organizationOf(n),
      url: `${url}/${n}`,
      eventTypes: [eventTypeOf(n)],
    })
  }
}

/** Dispatches `count` events, one delivery each, spread evenly over the webhooks. */
export async function dispatchLeads(leadhooks: BenchLeadhooks, count: number): Promise<void> {
  for (let start = 0; start < count; start += 1000) {
    await leadhooks.dispatchEvents(
      Array.from({ length: Math.min(1000, count - start) }, (_, i) => ({
        organizationId: organizationOf((start + i) % webhookCount),
        type: eventTypeOf((start + i) % webhookCount),
        data: leadData(start + i),
      })),
    )
  }
}

/** An observer that counts deliveries, and resolves when there were as many as `until` was asked for. */
export function deliveryCounter(): { count: () => void; until: (total: number) => Promise<void> } {
  let delivered = 0
  let wanted = Number.POSITIVE_INFINITY
  let reached = (): void => {}
  return {
    count() {
      delivered++
      if (delivered >= wanted) reached()
    },
    async until(total) {
      wanted = total
      if (delivered >= wanted) return
      await new Promise<void>((resolve) => {
        reached = resolve
      })
    },
  }
}
