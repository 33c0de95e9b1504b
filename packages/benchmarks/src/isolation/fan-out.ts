import pg from 'pg'
import { eventTypeOf } from '../leads.ts'
import type { Place } from '../postgres/contenders/contender.ts'
import { makeLead } from '../postgres/leads.ts'
import { type BenchLeadhooks, openLeadhooks } from '../postgres/open.ts'
import type { Services } from '../postgres/services.ts'
import { compare, figure, median, type Result } from '../results.ts'
import { byCallers, interleave } from '../rounds.ts'
import type { SuiteOptions } from '../suite-options.ts'

const organizationId = 'org_many'
/** All the webhooks take the first, one of them the other. */
const [taken, takenByOne] = [eventTypeOf(0), eventTypeOf(1)]
const dispatchesPerRound = 5

interface Dispatching {
  leadhooks: BenchLeadhooks
  pool: pg.Pool
  /** How often the server has said so far that it has answered all and waits for more. */
  roundTrips: () => number
}

interface Cost {
  ms: number
  /** Of the dispatch that took the most. */
  roundTrips: number
}

/** One event that 2,000 webhooks of an organization match. */
export async function fanOut(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const webhooks = quick ? 200 : 2000
  return services.withPlace('Leadhooks', (place) =>
    withDispatching(place, async (dispatching) => {
      await createWebhooks(dispatching.leadhooks, place, webhooks)
      await dispatchAlone(dispatching, taken, webhooks)
      await services.checkpoint()
      const measured = await interleave(rounds, {
        one: () => dispatchAlone(dispatching, takenByOne, 1),
        all: () => dispatchAlone(dispatching, taken, webhooks),
        allWithin: () => dispatchWithin(dispatching, taken, webhooks),
      })
      const scenario = `dispatch to ${webhooks.toLocaleString('en')} webhooks`
      const roundTrips = { scenario, unit: 'round trips', atMost: 1 }
      const ms = (costs: readonly Cost[]): number[] => costs.map((cost) => cost.ms)
      const trips = (costs: readonly Cost[]): number[] => [Math.max(...costs.map((cost) => cost.roundTrips))]
      return [
        figure({ ...roundTrips, subject: 'dispatchEvent', values: trips(measured.all) }),
        figure({ ...roundTrips, subject: 'in a transaction', values: trips(measured.allWithin) }),
        compare({
          scenario,
          subject: 'dispatchEvent',
          unit: 'ms',
          values: ms(measured.all),
          baseline: 'to one webhook',
          baselineValues: ms(measured.one),
        }),
      ]
    }),
  )
}

async function withDispatching<T>(place: Place, run: (dispatching: Dispatching) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ connectionString: place.postgresUrl })
  const roundTrips = countRoundTrips(pool)
  const leadhooks = openLeadhooks(place, { pool })
  try {
    return await run({ leadhooks, pool, roundTrips })
  } finally {
    await leadhooks.close()
    await pool.end()
  }
}

/** Counts on the wire: ReadyForQuery is what the server ends each round trip with, however many statements it was. */
function countRoundTrips(pool: pg.Pool): () => number {
  let count = 0
  pool.on('connect', (client) => {
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter }
    connection.on('readyForQuery', () => count++)
  })
  return () => count
}

async function createWebhooks(
  leadhooks: BenchLeadhooks,
  { receiverUrl }: Place,
  count: number,
): Promise<void> {
  await byCallers(8, count, (n) =>
    leadhooks.webhooks.create({
      organizationId,
      url: `${receiverUrl}/${n}`,
      eventTypes: n === 0 ? [taken, takenByOne] : [taken],
    }),
  )
}

let dispatched = 0

/** Throws when the event went to fewer webhooks, or more. */
async function dispatchOnce(
  { leadhooks, roundTrips }: Dispatching,
  type: string,
  { webhooks, tx }: { webhooks: number; tx?: pg.PoolClient },
): Promise<Cost> {
  const { data } = makeLead(dispatched++)
  const before = roundTrips()
  const start = performance.now()
  const { deliveries } = await leadhooks.dispatchEvent({ organizationId, type, data }, tx && { tx })
  const cost = { ms: performance.now() - start, roundTrips: roundTrips() - before }
  if (deliveries !== webhooks)
    throw new Error(`${deliveries} deliveries were made where ${webhooks} webhooks match`)
  return cost
}

async function dispatchAlone(dispatching: Dispatching, type: string, webhooks: number): Promise<Cost> {
  const costs: Cost[] = []
  for (let n = 0; n < dispatchesPerRound; n++) costs.push(await dispatchOnce(dispatching, type, { webhooks }))
  return together(costs)
}

async function dispatchWithin(dispatching: Dispatching, type: string, webhooks: number): Promise<Cost> {
  const costs: Cost[] = []
  const client = await dispatching.pool.connect()
  for (let n = 0; n < dispatchesPerRound; n++) {
    await client.query('begin')
    costs.push(await dispatchOnce(dispatching, type, { webhooks, tx: client }))
    await client.query('commit')
  }
  client.release()
  return together(costs)
}

const together = (costs: readonly Cost[]): Cost => ({
  ms: median(costs.map(({ ms }) => ms)),
  roundTrips: Math.max(...costs.map(({ roundTrips }) => roundTrips)),
})
