import { eventTypeOf, webhookCount } from '../leads.ts'
import { monotonicMs } from '../monotonic.ts'

/** One event for one webhook, as every contender is given it. */
export interface Lead {
  id: string
  webhook: number
  data: LeadData
}

export interface LeadData {
  id: string
  name: string
  email: string
  /** When it was handed over, on the monotonic clock: the receiver tells its latency by it. */
  t0: number
  note: string
}

/** Such that the whole body of the event has about 500 bytes. */
const note = 'x'.repeat(280)

export function makeLead(n: number, webhook = n % webhookCount): Lead {
  const data = { id: `lead_${n}`, name: 'John Doe', email: 'john@example.com', t0: monotonicMs(), note }
  return { id: `evt_${n}`, webhook, data }
}

export const makeLeads = (count: number, first = 0): Lead[] =>
  Array.from({ length: count }, (_, i) => makeLead(first + i))

/** The body as Leadhooks would send it. */
export const bodyOf = ({ id, webhook, data }: Lead): string =>
  JSON.stringify({ id, event: eventTypeOf(webhook), timestamp: new Date().toISOString(), data })
