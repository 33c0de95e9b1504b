import type { Leadhooks } from '@leadhooks/core'
import { type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { expect, vi } from 'vitest'

export interface Seeded {
  goodId: string
  badId: string
  receivers: ScriptedReceiver[]
}

/** An organization with a webhook that works, one that fails, and so many deliveries of each, all sent. */
export async function seed(leadhooks: Leadhooks, organizationId: string, count: number): Promise<Seeded> {
  const good = await startReceiver()
  const bad = await startReceiver({ respond: { status: 500, body: 'out of disk <b>space</b>' } })
  const created = [
    await leadhooks.webhooks.create({ organizationId, name: 'CRM sync', url: `${good.url}/hooks` }),
    await leadhooks.webhooks.create({
      organizationId,
      name: 'Billing',
      url: `${bad.url}/hooks`,
      retry: { delaysMs: [] },
      circuit: false,
    }),
  ]
  const inThreeDays = new Date(Date.now() + 3 * 86_400_000)
  await leadhooks.apiKeys.create({ organizationId, name: 'Zapier', expiresAt: inThreeDays })
  for (let made = 0; made < count; made += 100) {
    const size = Math.min(100, count - made)
    const events = Array.from({ length: size }, (_, i) => ({
      organizationId,
      type: i % 5 === 0 ? 'visit.scheduled' : 'lead.created',
      data: { id: `lead_${made + i}`, name: 'Ada Lovelace', score: i },
    }))
    await leadhooks.dispatchEvents(events)
  }
  const worker = leadhooks.startWorker()
  await vi.waitFor(
    async () => {
      for (const status of ['pending', 'retrying'] as const)
        expect((await leadhooks.deliveries.list({ organizationId, status, limit: 1 })).data).toEqual([])
    },
    { timeout: 60_000, interval: 100 },
  )
  await worker.stop()
  const [goodId = '', badId = ''] = created.map(({ webhook }) => webhook.id)
  return { goodId, badId, receivers: [good, bad] }
}
