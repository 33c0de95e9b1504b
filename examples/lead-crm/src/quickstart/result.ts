import { z } from 'zod'
import { listDeliveries } from './deliveries.ts'
import * as narrator from './narrator.ts'
import type { Customer } from './sign-up.ts'
import type { Stage } from './stage.ts'
import { expectTally, type Tally, tally } from './tally.ts'

/** The last line of `--once`. */
export type Result = { events: number } & Omit<Tally, 'attempts'>

/** What the three events must come to, webhook by webhook. */
const expected = {
  healthy: {
    deliveries: 3,
    attempts: 3,
    delivered: 3,
    verified: 3,
    retried: 0,
    deadLettered: 0,
    replayed: 0,
  },
  flaky: { deliveries: 3, attempts: 9, delivered: 3, verified: 3, retried: 3, deadLettered: 0, replayed: 0 },
  broken: {
    deliveries: 6,
    attempts: 15,
    delivered: 3,
    verified: 3,
    retried: 3,
    deadLettered: 3,
    replayed: 3,
  },
}
const names = ['healthy', 'flaky', 'broken'] as const

const headings = [
  'webhook',
  'deliveries',
  'attempts',
  'delivered',
  'verified',
  'retried',
  'dead letters',
  'replays',
]

/** Shows what the management API and the receiver say came of it all. Throws if it is not what it must be. */
export async function showResult({ verified }: Stage, { call, webhooks }: Customer): Promise<Result> {
  const { data: events } = await call('GET /api/v1/events', z.object({ data: z.array(z.unknown()) }))
  const deliveries = await listDeliveries(call)
  const all = tally(deliveries, verified.length)
  const byWebhook = names.map((name) => {
    const own = deliveries.filter(({ webhookId }) => webhookId === webhooks[name].id)
    return { name, numbers: tally(own, verified.filter(({ path }) => path === `/${name}`).length) }
  })

  const rows = [...byWebhook, { name: 'all', numbers: all }]
  narrator.table(
    headings,
    rows.map(({ name, numbers }) => [name].concat(Object.values(numbers).map(String))),
  )

  if (events.length !== 3) throw new Error(`There are ${events.length} events in place of 3`)
  for (const { name, numbers } of byWebhook) expectTally(name, numbers, expected[name])
  const { attempts: _, ...result } = all
  return { events: events.length, ...result }
}
