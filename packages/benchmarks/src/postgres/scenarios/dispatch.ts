import pg from 'pg'
import { compare, type Result } from '../../results.ts'
import { byCallers, interleave } from '../../rounds.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { insertManyRaw, insertRaw, type WebhookIds, webhookIds } from '../fill.ts'
import { makeLead, makeLeads } from '../leads.ts'
import { type BenchLeadhooks, eventOf, openLeadhooks } from '../open.ts'
import type { Services } from '../services.ts'

const manyCallers = 16
const perBatch = 1000

interface Host {
  pool: pg.Pool
  leadhooks: BenchLeadhooks
  ids: WebhookIds
}

/** Calls a second: of Leadhooks, and of the raw statement that writes the same rows into the same tables. */
interface Pair {
  ours: number
  raw: number
}

/** The call of a host, alone and inside its transaction, beside a raw statement that inserts an event and its delivery. */
export async function dispatch(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const calls = quick ? 800 : 3000
  const measured = await interleave(rounds, {
    '1 caller': () => pairOf(services, { calls, callers: 1, isWithin: false }),
    '1 caller, in a transaction': () => pairOf(services, { calls: calls / 2, callers: 1, isWithin: true }),
    '16 callers': () => pairOf(services, { calls: calls * 2, callers: manyCallers, isWithin: false }),
    '16 callers, in a transaction': () => pairOf(services, { calls, callers: manyCallers, isWithin: true }),
    [`${perBatch} per call`]: () => batchPairOf(services, quick ? 4 : 15),
  })
  return Object.entries(measured).map(([subject, pairs]) =>
    compare({
      scenario: 'dispatch, beside a raw statement that inserts the same rows',
      unit: '/s',
      subject: `Leadhooks, ${subject}`,
      values: pairs.map(({ ours }) => ours),
      baseline: 'raw',
      baselineValues: pairs.map(({ raw }) => raw),
      atLeast: 0.9,
    }),
  )
}

interface Shape {
  calls: number
  callers: number
  /** Whether each call is part of a transaction that writes a row of the host's, too. */
  isWithin: boolean
}

/** Slice by slice in turn, on the same tables, so that both see the same machine and the same tables. */
function pairOf(services: Services, { calls, callers, isWithin }: Shape): Promise<Pair> {
  return withHost(services, async ({ pool, leadhooks, ids }) => {
    const run = isWithin ? within(pool) : alone
    const ours = (n: number): Promise<void> =>
      run(n, async (tx) => void (await leadhooks.dispatchEvent(eventOf(makeLead(n)), tx && { tx })))
    const raw = (n: number): Promise<void> => run(n, (tx) => insertRaw(tx ?? pool, ids, makeLead(n)))
    const slice = callers === 1 ? 1 : 400
    return takeTurns(Math.ceil(calls / slice), slice, {
      ours: (first) => byCallers(callers, slice, (n) => ours(first + n)),
      raw: (first) => byCallers(callers, slice, (n) => raw(first + n)),
    })
  })
}

function batchPairOf(services: Services, calls: number): Promise<Pair> {
  return withHost(services, ({ pool, leadhooks, ids }) =>
    takeTurns(calls, perBatch, {
      ours: (first) => leadhooks.dispatchEvents(makeLeads(perBatch, first).map(eventOf)),
      raw: (first) => insertManyRaw(pool, ids, makeLeads(perBatch, first)),
    }),
  )
}

/** Times both in turn, a tenth of the slices to warm up first. Each slice is given numbers that nobody had before. */
async function takeTurns(
  slices: number,
  perSlice: number,
  runs: { ours: (first: number) => Promise<unknown>; raw: (first: number) => Promise<unknown> },
): Promise<Pair> {
  let first = 0
  const time = async (run: (first: number) => Promise<unknown>): Promise<number> => {
    const start = performance.now()
    await run(first)
    first += perSlice
    return performance.now() - start
  }
  for (let slice = 0; slice < slices / 10; slice++) {
    await time(runs.ours)
    await time(runs.raw)
  }
  let [ours, raw] = [0, 0]
  for (let slice = 0; slice < slices; slice++) {
    ours += await time(runs.ours)
    raw += await time(runs.raw)
  }
  const calls = slices * perSlice * 1000
  return { ours: calls / ours, raw: calls / raw }
}

type RunCall = (n: number, call: (tx: pg.PoolClient | undefined) => Promise<void>) => Promise<void>

const alone: RunCall = (_n, call) => call(undefined)

const within =
  (pool: pg.Pool): RunCall =>
  async (n, call) => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query({
      name: 'host-insert',
      text: 'insert into host_leads (id, name) values ($1, $2)',
      values: [`lead_${n}`, 'John Doe'],
    })
    await call(client)
    await client.query('commit')
    client.release()
  }

function withHost<T>(services: Services, run: (host: Host) => Promise<T>): Promise<T> {
  return services.withPlace('Leadhooks', async (place) => {
    const pool = new pg.Pool({ connectionString: place.postgresUrl, max: manyCallers })
    const leadhooks = openLeadhooks(place, { pool })
    await pool.query('create table host_leads (id text primary key, name text not null)')
    await services.checkpoint()
    try {
      return await run({ pool, leadhooks, ids: await webhookIds(pool) })
    } finally {
      await leadhooks.close()
      await pool.end()
    }
  })
}
