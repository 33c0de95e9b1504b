import type { ClaimedDelivery, Storage } from '@leadhooks/core/storage'
import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Client, Pool } from 'pg'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { claimAll, newEvent, newWebhook, settled } from './rows.ts'

let pool: Pool
let url: string
let storage: Storage
let open: () => Storage

beforeEach(async () => {
  const server = await testPostgres()
  url = await server.createDatabase()
  pool = new Pool({ connectionString: url, max: 20 })
  open = () => postgresStorage({ pool })
  storage = open()
  await storage.migrate()
  await storage.insertWebhook(newWebhook({ ordered: true }))
  return async () => {
    await storage.close()
    await pool.end()
  }
})

const event = () => newEvent({ orderingKey: 'a' })
const claim = async (): Promise<ClaimedDelivery[]> => storage.claimDeliveries(claimAll)
const idsOf = (claimed: readonly ClaimedDelivery[]): string[] => claimed.map(({ event: { id } }) => id)

/** How much of the queue waits for its turn, where no claim looks. */
async function parked(): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::integer as count from leadhooks.queue where due_at = 'infinity'`,
  )
  return rows[0]?.count ?? 0
}

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  onTestFinished(async () => client.end())
  return client
}

/** A transaction of the host that has dispatched, and has not committed. */
async function openTransaction(id: string): Promise<{ commit: () => Promise<unknown> }> {
  const client = await connect()
  await client.query('begin')
  await storage.insertEvents([{ ...event(), id }], { tx: client })
  return { commit: async () => client.query('commit') }
}

test('what is committed late goes next, and takes no turn away', async () => {
  const { commit } = await openTransaction('early')
  await storage.insertEvents([{ ...event(), id: 'late' }], {})
  await storage.insertEvents([{ ...event(), id: 'last' }], {})
  const [late] = await claim()
  expect(late?.event.id).toBe('late')
  await commit()
  expect(await claim()).toEqual([])
  if (late) await storage.settleDeliveries([settled(late, { status: 'retrying', delayMs: 0 })], {})
  const [again] = await claim()
  expect(again?.event.id).toBe('late')
  if (again) await storage.settleDeliveries([settled(again)], {})
  const [early] = await claim()
  expect(early?.event.id).toBe('early')
  if (early) await storage.settleDeliveries([settled(early)], {})
  expect(idsOf(await claim())).toEqual(['last'])
})

test('no transaction of the host waits for another one of the same key', async () => {
  const first = await openTransaction('1')
  const second = await openTransaction('2')
  await second.commit()
  await first.commit()
  expect(idsOf(await claim())).toEqual(['1'])
})

test('while somebody ends the one that is ahead, none is parked behind it', async () => {
  for (const id of ['1', '2', '3']) await storage.insertEvents([{ ...event(), id }], {})
  const [first] = await claim()
  expect(await parked()).toBe(2)
  const client = await connect()
  await client.query('begin')
  await client.query('delete from leadhooks.queue where id = $1', [first?.id])
  await storage.insertEvents([{ ...event(), id: '4' }], {})
  expect(await claim()).toEqual([])
  expect(await parked()).toBe(2)
  await client.query('commit')
  expect(idsOf(await claim())).toEqual(['2'])
  expect(await claim()).toEqual([])
  expect(await parked()).toBe(2)
})

test('whoever was parked with nobody ahead of it any more goes with the next look at its key', async () => {
  for (const id of ['1', '2', '3']) await storage.insertEvents([{ ...event(), id }], {})
  const [first] = await claim()
  await pool.query('alter table leadhooks.queue disable trigger let_next_go')
  if (first) await storage.settleDeliveries([settled(first)], {})
  expect(await claim()).toEqual([])
  await storage.insertEvents([{ ...event(), id: '4' }], {})
  expect(idsOf(await claim())).toEqual(['2'])
})

test('two claims that see different firsts of a key give one turn', async () => {
  for (let round = 0; round < 20; round++) {
    const { commit } = await openTransaction(`early-${round}`)
    await storage.insertEvents([{ ...event(), id: `late-${round}` }], {})
    const others = [open(), open(), open()]
    const claims = others.map(async (other) => other.claimDeliveries(claimAll))
    const [claimed] = await Promise.all([Promise.all(claims), commit()])
    const more = await claim()
    const out = [...claimed.flat(), ...more]
    expect(out).toHaveLength(1)
    for (let left = out; left.length > 0; left = await claim())
      await storage.settleDeliveries(
        left.map((one) => settled(one)),
        {},
      )
  }
})

test('a backlog of one key is soon out of the way of others', async () => {
  await storage.insertEvents(
    Array.from({ length: 3000 }, () => event()),
    {},
  )
  await storage.insertEvents([newEvent({ id: 'other', orderingKey: 'b' })], {})
  const claimed: ClaimedDelivery[] = []
  for (let n = 0; n < 5; n++)
    claimed.push(...(await storage.claimDeliveries({ ...claimAll, limit: 10, defaultConcurrency: 10 })))
  expect(claimed).toHaveLength(2)
  expect(claimed[1]?.event.id).toBe('other')
  expect(await parked()).toBe(2999)
})
