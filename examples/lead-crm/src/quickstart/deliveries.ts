import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { Call } from './client.ts'

const deadlineMs = 15_000

export type ListedDelivery = z.output<typeof listedDelivery>
const listedDelivery = z.object({
  id: z.string(),
  webhookId: z.string(),
  status: z.enum(['pending', 'retrying', 'delivered', 'dead_letter', 'cancelled']),
  attempts: z.number(),
  replayOf: z.string().nullable(),
})
const deliveryList = z.object({ data: z.array(listedDelivery) })

/** All deliveries as the management API tells of them, the oldest first. */
export async function listDeliveries(call: Call): Promise<ListedDelivery[]> {
  const { data } = await call('GET /api/v1/deliveries?limit=100', deliveryList)
  return data.reverse()
}

/** Waits until every delivery is delivered or given up. */
export async function untilFinished(call: Call): Promise<void> {
  const deadline = Date.now() + deadlineMs
  for (;;) {
    const deliveries = await listDeliveries(call)
    const unfinished = deliveries.filter(({ status }) => status === 'pending' || status === 'retrying').length
    if (unfinished === 0) return
    if (Date.now() > deadline)
      throw new Error(`${unfinished} deliveries are not finished after ${deadlineMs / 1000} s`)
    await wait(25)
  }
}
