import {
  createLeadhooks,
  defineEvents,
  type DispatchInput,
  type Leadhooks,
  type Observation,
} from '@leadhooks/core'
import { type PostgresTransaction, postgresStorage } from '@leadhooks/postgres'
import type pg from 'pg'
import { z } from 'zod'
import { eventTypeOf, organizationOf, webhookCount } from '../leads.ts'
import type { Place } from './contenders/contender.ts'
import type { Lead } from './leads.ts'

const lead = z.object({
  id: z.string(),
  name: z.string(),
  email: z.email(),
  t0: z.number(),
  note: z.string(),
})
const events = defineEvents(
  Object.fromEntries(Array.from({ length: webhookCount }, (_, n) => [eventTypeOf(n), { schema: lead }])),
)

export type BenchLeadhooks = Leadhooks<typeof events, PostgresTransaction>

interface OpenOptions {
  observe?: (observation: Observation) => void
  concurrency?: number
  /** The host's pool, in place of one of its own. */
  pool?: pg.Pool
}

export function openLeadhooks(
  { postgresUrl, encryptionKey }: Pick<Place, 'postgresUrl' | 'encryptionKey'>,
  { observe, concurrency = 64, pool }: OpenOptions = {},
): BenchLeadhooks {
  return createLeadhooks({
    storage: postgresStorage(pool === undefined ? { connectionString: postgresUrl } : { pool }),
    encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    events,
    delivery: { concurrency },
    network: { allowPrivateAddresses: true, allowHttp: true },
    ...(observe && { observe }),
  })
}

/** Ten webhooks of five organizations. */
export async function createWebhooks(leadhooks: BenchLeadhooks, receiverUrl: string): Promise<void> {
  for (let n = 0; n < webhookCount; n++) {
    await leadhooks.webhooks.create({
      organizationId: organizationOf(n),
      url: `${receiverUrl}/${n}`,
      eventTypes: [eventTypeOf(n)],
    })
  }
}

export const eventOf = ({ id, webhook, data }: Lead): DispatchInput & { data: Lead['data'] } => ({
  organizationId: organizationOf(webhook),
  type: eventTypeOf(webhook),
  id,
  data,
})
