import { FactSums, type Rollup } from '@leadhooks/core/storage'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export const days = 30
/** For so many days there are rollups by minute. */
const daysOfMinutes = 3

export interface Month {
  organizationId: string
  webhookIds: readonly string[]
  eventTypes: readonly string[]
  deliveries: number
  /** Where it ends. */
  now: number
}

/** The rollups that so many deliveries leave, day by day: of random webhooks, event types, times and latencies. */
export function* pastMonth(month: Month): Generator<Rollup[]> {
  const firstDay = month.now - (month.now % dayMs) - (days - 1) * dayMs
  for (let day = 0; day < days; day++)
    yield rollupsOf(month, firstDay + day * dayMs, days - day <= daysOfMinutes)
}

function rollupsOf(month: Month, startsAt: number, hasMinutes: boolean): Rollup[] {
  const { organizationId, webhookIds, eventTypes, deliveries, now } = month
  const sums = new FactSums()
  const stepMs = hasMinutes ? minuteMs : hourMs
  for (let n = 0; n < deliveries / days; n++) {
    const at = startsAt + Math.floor((Math.random() * dayMs) / stepMs) * stepMs
    if (at > now) continue
    const webhookId = anyOf(webhookIds)
    const eventType = anyOf(eventTypes)
    sums.add({ organizationId, webhookId, eventType, settledAt: new Date(at), facts: anyFacts(at) })
  }
  return sums.rollups().filter(({ interval }) => hasMinutes || interval !== 'minute')
}

/** Of twenty deliveries one fails at first, and of a hundred one for good. */
export function anyFacts(at: number): string {
  const minute = Math.floor(at / minuteMs)
  const micros = Math.round(20_000 * Math.exp(2 * Math.random() * Math.random() * 2))
  const chance = Math.random()
  if (chance > 0.05) return JSON.stringify(['delivered', minute, 1, '', micros])
  const failed = JSON.stringify(['', minute, 1, anyOf(['500', '503', '404', 'connect']), micros])
  const end = chance > 0.01 ? ['delivered', minute, 0, '', micros] : ['exhausted', minute, 0, '500', micros]
  return `${failed},${JSON.stringify(end)}`
}

export function anyOf(items: readonly string[]): string {
  return items[Math.floor(Math.random() * items.length)] ?? ''
}
