import type { ClaimedDelivery, Storage } from '@leadhooks/core/storage'
import type { Pool, PoolClient } from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openStorage } from './open.ts'
import { claimAll, newEvent, newWebhook, settled } from './rows.ts'

const begin = new Date('2020-01-01T00:00:00Z')
const keptSince = { minute: begin, hour: begin, day: begin }

async function delivered(storage: Storage): Promise<number> {
  const spans = [{ interval: 'day', from: begin, to: new Date('2100-01-01T00:00:00Z') }] as const
  const rollups = await storage.readRollups({ organizationId: 'acme', spans })
  return rollups.reduce((sum, { counts }) => sum + counts.delivered, 0)
}

/** Deliveries of one webhook, all of them claimed. */
async function claimSome(storage: Storage, count: number): Promise<ClaimedDelivery[]> {
  await storage.insertWebhook(newWebhook())
  await storage.insertEvents(
    Array.from({ length: count }, () => newEvent()),
    {},
  )
  return storage.claimDeliveries(claimAll)
}

async function settleOne(storage: Storage, claimed: ClaimedDelivery | undefined): Promise<void> {
  if (claimed !== undefined) await storage.settleDeliveries([settled(claimed)], {})
}

/** Holds the rows of the rollups, so that whoever writes them waits. */
async function holdRollups(pool: Pool): Promise<PoolClient> {
  const holder = await pool.connect()
  onTestFinished(() => holder.release())
  await holder.query('begin')
  await holder.query('select from leadhooks.rollups for update')
  return holder
}

async function untilWaiting(pool: Pool, count: number): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await vi.waitUntil(async () => (await pool.query(waiting)).rowCount === count, {
    timeout: 10_000,
    interval: 5,
  })
}

test('two that fold at once come after each other, also where they take different facts', async () => {
  const { pool, storage } = await openStorage()
  const claimed = await claimSome(storage, 3)
  await settleOne(storage, claimed[0])
  await storage.foldRollups({ limit: 1 })
  const holder = await holdRollups(pool)
  await settleOne(storage, claimed[1])
  const first = storage.foldRollups({ limit: 1 })
  await untilWaiting(pool, 1)
  // A key that was given out before, and is there only now.
  await settleOne(storage, claimed[2])
  await pool.query(`
    with last as (
      delete from leadhooks.settled_facts where key = (select max(key) from leadhooks.settled_facts) returning *)
    insert into leadhooks.settled_facts overriding system value
    select -1, organization_id, webhook_id, event_type, settled_at, facts from last`)
  const second = storage.foldRollups({ limit: 1 })
  await untilWaiting(pool, 2)
  await holder.query('commit')
  expect(await Promise.all([first, second])).toEqual([1, 1])
  expect(await delivered(storage)).toBe(3)
})

test('what is settled while rollups are made anew counts once', async () => {
  const { pool, storage } = await openStorage()
  const claimed = await claimSome(storage, 2)
  await settleOne(storage, claimed[0])
  await storage.foldRollups({ limit: 1 })
  const holder = await holdRollups(pool)
  const rebuilding = storage.rebuildRollups({ organizationId: 'acme', keptSince })
  await untilWaiting(pool, 1)
  await settleOne(storage, claimed[1])
  await holder.query('commit')
  await rebuilding
  expect(await delivered(storage)).toBe(2)
  await storage.foldRollups({ limit: 10 })
  expect(await delivered(storage)).toBe(2)
})

test('settling waits for nobody who folds or makes rollups anew', async () => {
  const { pool, storage } = await openStorage()
  const claimed = await claimSome(storage, 3)
  await settleOne(storage, claimed[0])
  await storage.foldRollups({ limit: 1 })
  const holder = await holdRollups(pool)
  await settleOne(storage, claimed[1])
  const folding = storage.foldRollups({ limit: 1 })
  await untilWaiting(pool, 1)
  const rebuilding = storage.rebuildRollups({ organizationId: 'acme', keptSince })
  await untilWaiting(pool, 2)
  await settleOne(storage, claimed[2])
  expect(await delivered(storage), 'And reading does not either').toBe(3)
  await holder.query('commit')
  await Promise.all([folding, rebuilding])
  expect(await delivered(storage)).toBe(3)
})
