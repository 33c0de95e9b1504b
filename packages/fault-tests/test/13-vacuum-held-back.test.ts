import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '@leadhooks/test-services'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { percentile } from '../src/percentile.ts'
import { printCounts } from '../src/print-counts.ts'
import { isFullSize, sizeOf } from '../src/sizes.ts'
import { openStage, type Stage, untilDrained } from '../src/stage.ts'
import { startLoad } from '../src/steady-load.ts'
import { postgresStore } from '../src/store.ts'
import { until } from '../src/until.ts'

const { eventsPerSecond, forMs } = sizeOf('vacuum')

/**
 * A transaction of a stranger stays open, so that the versions of rows that claims and settlements leave behind cannot be
 * removed, while events flow steadily.
 *
 * Pass: the backlog does not grow; nobody keeps a transaction open during a request; the dead rows are gone soon after that
 * transaction has ended. At full size also: a claim takes at most three times as long at the end as at the start (p99), and
 * the dead rows are gone within a minute, by the server's own autovacuum.
 */
test('vacuum held back', { timeout: 1_200_000 }, async () => {
  // At the small size autovacuum comes every second and not every minute: there is no minute to wait.
  const settings: Record<string, string> = isFullSize ? {} : { autovacuum_naptime: '1s' }
  const server = await startPostgres({ settings })
  onTestFinished(async () => server.close())
  const stage = await openStage({ on: postgresStore(await server.createDatabase()) })
  const { endpoint, fleet, store } = stage
  await endpoint.behave({ '*': { delayMs: [100, 300] } })
  await fleet.startMany(2)
  const old = new Client({ connectionString: store.place.kind === 'postgres' ? store.place.url : '' })
  await old.connect()
  await old.query('begin isolation level repeatable read')
  await old.query('select count(*) from leadhooks.queue')

  const startedAt = Date.now()
  const load = startLoad(stage, eventsPerSecond)
  let heldOpen = 0
  let backlogs: number[] = []
  while (Date.now() < startedAt + forMs) {
    await sleep(200)
    heldOpen += await countHeldOpen(stage)
    backlogs.push(await store.rows.unfinished())
  }
  const deadRows = await countDeadRows(stage)
  await load.stop()
  await old.query('rollback')
  await old.end()
  const releasedAt = Date.now()
  await untilDrained(stage)
  await until('the dead rows are gone', async () => (await countDeadRows(stage)) < 1000 + eventsPerSecond, {
    timeoutMs: 120_000,
    everyMs: 500,
  })
  const cleanedMs = Date.now() - releasedAt

  const reports = await Promise.all(fleet.running.map(async (worker) => worker.report()))
  const claims = reports.flatMap((report) => report.claims)
  const part = forMs / 5
  const fifths = [0, 1, 2, 3, 4].map((n) => {
    const from = startedAt + n * part
    const ms = claims.filter(({ at }) => at >= from && at < from + part).map((claim) => claim.ms)
    return { p50Ms: percentile(ms, 0.5), p99Ms: percentile(ms, 0.99) }
  })
  const middle = Math.floor(backlogs.length / 2)
  const backlog = {
    firstHalf: percentile(backlogs.slice(0, middle), 0.5),
    secondHalf: percentile(backlogs.slice(middle), 0.5),
  }
  const verdict = await judge(stage)
  printCounts('13 vacuum held back', { ...verdict, claims: fifths, backlog, deadRows, cleanedMs, heldOpen })
  expect(await fleet.crashes()).toEqual([])
  expect(verdict).toMatchObject({ ...sound, extra: 0, byStatus: { delivered: verdict.events } })
  expect(heldOpen).toBe(0)
  // What is under way and what waits for it: about as much as comes in a second.
  expect(backlog.secondHalf).toBeLessThan(2 * eventsPerSecond)
  if (!isFullSize) return
  const [first, last] = [fifths[0]?.p99Ms ?? 0, fifths[4]?.p99Ms ?? 0]
  expect(last).toBeLessThanOrEqual(3 * first)
  expect(cleanedMs).toBeLessThan(60_000)
})

/** Transactions of workers that wait for something else than the database. The stranger's says what it is for. */
async function countHeldOpen({ store: { rows } }: Stage): Promise<number> {
  const open = await rows.run(`
    select from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'
      and clock_timestamp() - state_change > interval '50 ms' and query not like '%count(*) from leadhooks.queue'`)
  return open.length
}

async function countDeadRows({ store: { rows } }: Stage): Promise<number> {
  const [row] = await rows.run(`select n_dead_tup as dead from pg_stat_user_tables where relname = 'queue'`)
  return Number(row?.['dead'])
}
