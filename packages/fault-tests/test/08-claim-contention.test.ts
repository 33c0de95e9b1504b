import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { percentile } from '../src/percentile.ts'
import { printCounts } from '../src/print-counts.ts'
import { isFullSize, sizeOf } from '../src/sizes.ts'
import { createWebhook, dispatch, openStage, type Stage, untilDrained } from '../src/stage.ts'
import { startLoad } from '../src/steady-load.ts'
import { until } from '../src/until.ts'

const { processes, slots, deliveries, waiting, steadyMs, deadlocks } = sizeOf('contention')
// A thousand requests at once to one receiver on two cores: some wait there for longer than the default deadline.
const delivery = {
  concurrency: slots,
  organizationConcurrency: slots,
  webhookConcurrency: slots,
  timeoutMs: 60_000,
}

/**
 * Many processes start at the same instant on a database without tables, and then claim from the same backlog, beside a
 * great many deliveries that are not due. Nothing fails.
 *
 * Pass: each migration ran once and no process had an error; exactly one request per event; no deadlock. At full size also:
 * under a steady load afterwards 99 of 100 claims take less than 50 ms (in the rush itself the processes wait for a CPU
 * first, so that the time of a claim says how many cores there are).
 */
test('claim contention', { timeout: 600_000 }, async () => {
  const stage = await openStage({ on: 'postgres', isBare: true, delivery })
  const { fleet, leadhooks, endpoint, store } = stage
  const migrateAt = Date.now() + 300 * processes
  const workers = await fleet.startMany(processes, { migrateAt })
  const reports = await Promise.all(workers.map(async (worker) => worker.report()))
  const migrations = (await store.rows.run('select count(*) from leadhooks.migrations'))[0]?.['count']
  await store.rows.watchFinished()
  for (const organizationId of stage.organizations) await createWebhook(stage, organizationId, endpoint.url)
  await addWaiting(stage, waiting)

  const startedAt = performance.now()
  await dispatch(stage, deliveries)
  const dispatchedMs = performance.now() - startedAt
  const drained = async (): Promise<boolean> =>
    (await store.rows.byStatus())['delivered'] === stage.dispatched.size
  while (!(await drained())) await sleep(200)
  const drainMs = performance.now() - startedAt

  const drainedAt = Date.now()
  const load = startLoad(stage, 50)
  await sleep(steadyMs)
  await load.stop()
  while (!(await drained())) await sleep(200)
  const claims = (await Promise.all(workers.map(async (worker) => worker.report()))).flatMap(
    (report) => report.claims,
  )
  const rushed = claims.filter(({ at }) => at < drainedAt).map(({ ms }) => ms)
  const steady = claims.filter(({ at }) => at >= drainedAt).map(({ ms }) => ms)
  const verdict = await judge(stage)
  printCounts('8 claim contention', {
    ...verdict,
    processes,
    migrationsRun: reports.map(({ ranMigrations }) => ranMigrations).join(' '),
    deadlocks: await countDeadlocks(stage),
    dispatchedMs,
    drainMs,
    rushed: { claims: rushed.length, p50Ms: percentile(rushed, 0.5), p99Ms: percentile(rushed, 0.99) },
    steady: { claims: steady.length, p50Ms: percentile(steady, 0.5), p99Ms: percentile(steady, 0.99) },
  })
  expect(await fleet.crashes()).toEqual([])
  expect(reports.reduce((sum, { ranMigrations }) => sum + ranMigrations, 0)).toBe(Number(migrations))
  expect(await leadhooks.migrate()).toEqual([])
  expect(verdict).toMatchObject({
    ...sound,
    requests: verdict.events,
    extra: 0,
    byStatus: { delivered: verdict.events },
  })
  expect(await countDeadlocks(stage)).toBe(0)
  if (isFullSize) expect(percentile(steady, 0.99)).toBeLessThan(50)
})

/**
 * Transactions of a stranger lock rows of the queue in an order that gets in the way of workers, until the server ends one
 * of the two by a deadlock.
 *
 * Pass: deadlocks came, and each event has one request and one attempt on record.
 */
test('deadlocks are repeated without double effects', { timeout: 120_000 }, async () => {
  const stage = await openStage({ on: 'postgres', delivery: { concurrency: 32 } })
  await stage.endpoint.behave({ '*': { delayMs: [50, 50] } })
  await stage.fleet.startMany(2)
  const { place } = stage.store
  const stranger = new Client({ connectionString: place.kind === 'postgres' ? place.url : '' })
  await stranger.connect()
  const before = await countDeadlocks(stage)
  let ofStranger = 0
  for (let round = 0; (await countDeadlocks(stage)) - before - ofStranger < deadlocks; round++) {
    if (round === 500) throw new Error('No deadlock came about')
    await dispatch(stage, 100)
    if (await isUndoneInTheWay(stranger, stage)) ofStranger++
  }
  await stranger.end()
  await untilDrained(stage)

  const verdict = await judge(stage)
  printCounts('8 deadlocks', { ...verdict, deadlocks: (await countDeadlocks(stage)) - before, ofStranger })
  expect(await stage.fleet.crashes()).toEqual([])
  expect(verdict).toMatchObject({
    ...sound,
    extra: 0,
    byStatus: { delivered: verdict.events },
    byOutcome: { succeeded: verdict.events },
  })
})

/**
 * Locks a row that a worker holds, waits until a settlement stands before it, and then wants what that settlement has locked
 * before. The settlement has waited longer, so it is mostly the first to look for a deadlock, and the one that is undone. Answers
 * whether it was the stranger this time.
 */
async function isUndoneInTheWay(stranger: Client, { store: { rows } }: Stage): Promise<boolean> {
  await stranger.query('begin')
  await stranger.query(
    'select from leadhooks.queue where lease is not null order by id desc limit 1 for update',
  )
  const isInTheWay = async (): Promise<boolean> =>
    (await rows.run(`select from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0`)).length > 0
  await until('a settlement waits', isInTheWay, { timeoutMs: 1000, everyMs: 5 }).catch(() => {})
  const isUndone = await stranger
    .query('select from leadhooks.queue where lease is not null order by id for update')
    .then(() => false, isDeadlock)
  await stranger.query('rollback')
  return isUndone
}

function isDeadlock(error: unknown): boolean {
  if (error instanceof DatabaseError && error.code === '40P01') return true
  throw error
}

/** Deliveries that fall due in a day, to the first webhook. */
async function addWaiting(
  { leadhooks, organizations, store: { rows } }: Stage,
  count: number,
): Promise<void> {
  const organizationId = organizations[0] ?? ''
  await leadhooks.organizations.upsert({ id: organizationId })
  await rows.run(`
    insert into leadhooks.queue (id, organization_id, webhook_id, event_id, status, attempts, due_at, created_at)
    select 'waiting_' || n, organization_id, id, 'waiting_' || n, 'retrying', 1, now() + interval '1 day', now()
    from leadhooks.webhooks cross join generate_series(1, ${count}) as n where organization_id = '${organizations[0] ?? ''}'`)
}

async function countDeadlocks({ store: { rows } }: Stage): Promise<number> {
  const [row] = await rows.run(`select deadlocks from pg_stat_database where datname = current_database()`)
  return Number(row?.['deadlocks'])
}
