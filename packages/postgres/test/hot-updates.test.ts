import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { claimAll, newEvent, newWebhook, settled } from './rows.ts'

interface Updates {
  all: number
  hot: number
}

test('claims, renewals and releases are HOT updates; retries are not, since they fall due at another time', async () => {
  const server = await testPostgres()
  const pool = new Pool({ connectionString: await server.createDatabase(), max: 2 })
  onTestFinished(async () => pool.end())
  const storage = postgresStorage({ pool })
  await storage.migrate()
  await storage.insertWebhook(newWebhook())
  const events = Array.from({ length: 1000 }, () => newEvent())
  await storage.insertEvents(events, {})

  /** What the queue has seen since the last look. */
  let before: Updates = { all: 0, hot: 0 }
  const updates = async (): Promise<Updates> => {
    // Both connections tell what they have counted.
    const flush = async (): Promise<unknown> => pool.query('select pg_stat_force_next_flush(), pg_sleep(0.1)')
    await Promise.all([flush(), flush()])
    const { rows } = await pool.query<Updates>(
      `select n_tup_upd::integer as all, n_tup_hot_upd::integer as hot from pg_stat_user_tables where relname = 'queue'`,
    )
    const [now = before] = rows
    const since = { all: now.all - before.all, hot: now.hot - before.hot }
    before = now
    return since
  }

  const claimed = await storage.claimDeliveries(claimAll)
  expect(await updates()).toEqual({ all: 1000, hot: 1000 })

  // A third version finds room when the page has been cleared of the first, as it nearly always has.
  await storage.renewLeases(claimed.slice(0, 300), { leaseMs: 60_000 })
  const renewals = await updates()
  expect(renewals.all).toBe(300)
  expect(renewals.hot).toBeGreaterThan(270)
  await storage.releaseDeliveries(claimed.slice(0, 200), {})
  const releases = await updates()
  expect(releases.all).toBe(200)
  expect(releases.hot).toBeGreaterThan(180)

  const retries = claimed.slice(500, 600).map((one) => settled(one, { status: 'retrying', delayMs: 60_000 }))
  await storage.settleDeliveries(retries, {})
  expect(await updates()).toEqual({ all: 100, hot: 0 })
  // Those that are finished are removed, not updated.
  const finished = claimed.slice(600).map((one) => settled(one))
  await storage.settleDeliveries(finished, {})
  expect(await updates()).toEqual({ all: 0, hot: 0 })
})
