import type { Producer } from './contenders/contender.ts'
import { makeLeads } from './leads.ts'

/** Enqueues so many events, spread evenly over the webhooks, numbered from `first` on. */
export async function fill(producer: Producer, count: number, first = 0): Promise<void> {
  for (let done = 0; done < count; done += 1000)
    await producer.enqueueMany(makeLeads(Math.min(1000, count - done), first + done))
}
