import type { Delivery, Storage } from '@leadhooks/core/storage'
import type { Database } from '@leadhooks/sqlite'
import type BetterSqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { hostHandle, openMigrated } from './open.ts'
import { claimAll, newEvent, newWebhook, settled } from './rows.ts'
import { temporaryFile } from './temporary-file.ts'

interface Opened {
  database: BetterSqlite.Database
  storage: Storage<Database>
  /** How many deliveries have a row of their own, and how many events were dispatched since the last fan-out. */
  counts: () => { fresh: number; waiting: number }
}

async function open(): Promise<Opened> {
  const database = hostHandle(temporaryFile())
  const storage = await openMigrated({ database })
  const count = (query: string): number => Number(database.prepare(query).pluck().get())
  return {
    database,
    storage,
    counts: () => ({
      fresh: count('select count(*) from leadhooks_fresh_deliveries'),
      waiting: count('select count(*) from leadhooks_events where seq > (select seq from leadhooks_fan_out)'),
    }),
  }
}

const all = { organizationId: 'acme', limit: 1000 }

/** Has every delivery fanned out, and none of them claimed. */
async function fanOut(storage: Storage<Database>): Promise<void> {
  expect(await storage.claimDeliveries({ ...claimAll, limit: 0 })).toEqual([])
}

test('a delivery reads the same before it is fanned out, after, and when something has come of others', async () => {
  const { storage, counts } = await open()
  const [a, b] = [newWebhook(), newWebhook({ eventTypes: ['new_lead'] })]
  await storage.insertWebhook(a)
  await storage.insertWebhook(b)
  const events = [newEvent(), newEvent({ type: 'other', patterns: ['other'] }), newEvent()]
  for (const [ms, event] of events.entries()) await storage.insertEvents([event], { now: new Date(ms) })

  const queries = [
    {},
    { webhookId: b.id },
    { eventId: events[0]?.id },
    { eventType: 'other' },
    { status: 'pending' as const },
    { webhookId: a.id, eventId: events[2]?.id, eventType: 'new_lead', status: 'pending' as const },
    { limit: 2 },
    { status: 'delivered' as const },
  ]
  const read = async (): Promise<Delivery[][]> =>
    Promise.all(queries.map(async (query) => storage.listDeliveries({ ...all, ...query })))
  const before = await read()
  expect(before.map((rows) => rows.length)).toEqual([5, 2, 2, 1, 5, 1, 2, 0])
  const one = before[0]?.[2]
  expect(await storage.findDelivery({ organizationId: 'acme', id: String(one?.id) })).toEqual(one)
  expect(counts()).toEqual({ fresh: 0, waiting: 3 })

  await fanOut(storage)
  expect(counts()).toEqual({ fresh: 5, waiting: 0 })
  expect(await read()).toEqual(before)
  expect(await storage.findDelivery({ organizationId: 'acme', id: String(one?.id) })).toEqual(one)

  const [claimed] = await storage.claimDeliveries({ ...claimAll, limit: 1 })
  if (claimed === undefined) throw new Error('There must be a delivery')
  await storage.settleDeliveries([settled(claimed)], {})
  const after = await read()
  expect(after.map((rows) => rows.length)).toEqual([5, 2, 2, 1, 4, 1, 2, 1])
  expect(new Set(after[0]?.map(({ id }) => id))).toEqual(new Set(before[0]?.map(({ id }) => id)))
})

test('pages are complete though some rows are fanned out and some are not', async () => {
  const { storage } = await open()
  await storage.insertWebhook(newWebhook())
  for (let ms = 0; ms < 10; ms++) {
    await storage.insertEvents([newEvent()], { now: new Date(ms) })
    if (ms === 4) await fanOut(storage)
  }
  const pages: Delivery[] = []
  for (let last = pages.at(-1); pages.length < 10; last = pages.at(-1)) {
    const page = await storage.listDeliveries({ ...all, limit: 3, after: last })
    expect(page.length).toBeGreaterThan(0)
    pages.push(...page)
  }
  expect(pages.map(({ createdAt }) => createdAt.getTime())).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
})

test('what is not fanned out yet is cancelled with its webhook', async () => {
  const { storage, counts } = await open()
  const webhook = newWebhook()
  await storage.insertWebhook(webhook)
  await storage.insertEvents([newEvent(), newEvent()], {})
  expect(counts()).toEqual({ fresh: 0, waiting: 2 })
  await storage.deleteWebhook(webhook)
  const deliveries = await storage.listDeliveries(all)
  expect(deliveries.map(({ status, reason }) => [status, reason])).toEqual([
    ['cancelled', 'webhook_deleted'],
    ['cancelled', 'webhook_deleted'],
  ])
  expect(await storage.claimDeliveries(claimAll)).toEqual([])
})

test('where no worker comes, dispatches fan out every few hundred events by themselves', async () => {
  const { storage, counts } = await open()
  await storage.insertWebhook(newWebhook())
  for (let n = 0; n < 1300; n++) storage.insertEventsSync?.([newEvent()], {})
  const { fresh, waiting } = counts()
  expect([fresh + waiting, waiting < 513]).toEqual([1300, true])
  await storage.insertEvents(
    Array.from({ length: 2000 }, () => newEvent()),
    {},
  )
  expect(counts().waiting).toBeLessThan(513)
  expect(await storage.claimDeliveries({ ...claimAll, limit: 5000, defaultConcurrency: 5000 })).toHaveLength(
    3300,
  )
})

test('an event is fanned out though the newest were deleted, and SQLite gives it one of their places', async () => {
  const { database, storage, counts } = await open()
  await storage.insertWebhook(newWebhook())
  for (let n = 0; n < 3; n++) await storage.insertEvents([newEvent()], {})
  const claimed = await storage.claimDeliveries(claimAll)
  await storage.settleDeliveries(
    claimed.map((one) => settled(one)),
    {},
  )
  database.exec('delete from leadhooks_events where seq > 1')
  await storage.insertEvents([newEvent({ id: 'evt-a' })], {})
  expect(counts().waiting).toBe(1)
  expect((await storage.claimDeliveries(claimAll)).map(({ event }) => event.id)).toEqual(['evt-a'])
})

test('a list that something has damaged keeps no other event from its receivers', async () => {
  const { database, storage } = await open()
  await storage.insertWebhook(newWebhook())
  await storage.insertEvents([newEvent({ id: 'evt-damaged' })], {})
  await storage.insertEvents([newEvent({ id: 'evt-whole' })], {})
  database.exec(`update leadhooks_events set deliveries = 'no JSON' where id = 'evt-damaged'`)
  expect(await storage.listDeliveries(all)).toHaveLength(1)
  expect((await storage.claimDeliveries(claimAll)).map(({ event }) => event.id)).toEqual(['evt-whole'])
})
