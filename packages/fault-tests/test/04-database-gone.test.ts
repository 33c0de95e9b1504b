import { setTimeout as sleep } from 'node:timers/promises'
import { type PostgresServer, startPostgres } from '@leadhooks/test-services'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { greatest } from '../src/percentile.ts'
import { printCounts } from '../src/print-counts.ts'
import { isFullSize, sizeOf } from '../src/sizes.ts'
import { dispatch, openStage, type Stage, untilDrained } from '../src/stage.ts'
import { startLoad } from '../src/steady-load.ts'
import { byPort, postgresStore } from '../src/store.ts'
import { startTcpProxy, type TcpProxy } from '../src/tcp-proxy.ts'
import type { WorkerHandle } from '../src/worker-handle.ts'

const { eventsPerSecond, warmMs, leaseMs, outagesMs, restarts, terminations } = sizeOf('databaseGone')
const delivery = { concurrency: 32, leaseMs }

interface Outage {
  server: PostgresServer
  stage: Stage
}

/** A server of its own, whose commits are on disk, and slow enough an endpoint that there is always something under way. */
async function openServer(): Promise<Outage> {
  const server = await startPostgres({ durable: true })
  onTestFinished(async () => server.close())
  const stage = await openStage({ on: postgresStore(await server.createDatabase()), delivery })
  await stage.endpoint.behave({ '*': { delayMs: [50, 150] } })
  return { server, stage }
}

/** Starts three workers, each behind a proxy that counts its connections. */
async function startProxied({ server, stage }: Outage): Promise<{ worker: WorkerHandle; proxy: TcpProxy }[]> {
  return Promise.all(
    Array.from({ length: 3 }, async () => {
      const proxy = await startTcpProxy(server.port)
      onTestFinished(async () => proxy.close())
      const worker = await stage.fleet.start({ place: byPort(stage.store.place, proxy.port) })
      return { worker, proxy }
    }),
  )
}

/**
 * The server is stopped as by a crash (`-m immediate`) while events come and go, and stays down for a while; then again,
 * for longer than a lease.
 *
 * Pass: no worker ends; nothing that was acknowledged is lost; no request is made twice where the outage is shorter than a
 * lease, since results are held and written; otherwise no more than were held. While it is down, dispatches fail with
 * `storage_unavailable`. At full size also: within 3 s; each process makes 5 attempts to connect per second at most and
 * takes less than 20 % of a CPU; within 5 s after the start the rate is 80 % of what it was.
 */
test.each(outagesMs)('the database is gone for %d ms', { timeout: 300_000 }, async (downMs) => {
  const outage = await openServer()
  const { server, stage } = outage
  const proxied = await startProxied(outage)
  const load = startLoad(stage, eventsPerSecond)
  await sleep(warmMs)

  await server.stop('immediate')
  const stoppedAt = Date.now()
  const before = await Promise.all(proxied.map(async ({ worker }) => worker.report()))
  await sleep(downMs)
  const during = await Promise.all(proxied.map(async ({ worker }) => worker.report()))
  await server.start()
  const startedAt = Date.now()
  const held = (await stage.store.rows.leases()).length
  await sleep(warmMs)
  await load.stop()
  await untilDrained(stage)

  const requests = stage.endpoint.requests()
  const verdict = await judge(stage, requests)
  const perSecond = (from: number, to: number): number =>
    (requests.filter(({ at }) => at >= from && at < to).length * 1000) / (to - from)
  const rates = {
    before: perSecond(stoppedAt - warmMs / 3, stoppedAt),
    after: perSecond(startedAt + (warmMs * 5) / 6, startedAt + warmMs),
  }
  const worst = {
    cpuShare: Math.max(...during.map(({ cpuMs }, n) => (cpuMs - (before[n]?.cpuMs ?? 0)) / downMs)),
    connectsPerSecond: Math.max(
      ...proxied.map(
        ({ proxy }) =>
          (proxy.connectedAt.filter((at) => at > stoppedAt && at < stoppedAt + downMs).length * 1000) /
          downMs,
      ),
    ),
    failedDispatchMs: greatest(load.failures.map(({ ms }) => ms)),
  }
  printCounts(`4 database gone for ${downMs} ms`, {
    ...verdict,
    held,
    rates,
    ...worst,
    failedDispatches: load.failures.length,
  })
  expect(await stage.fleet.crashes()).toEqual([])
  expect(stage.fleet.running).toHaveLength(3)
  expect(verdict).toMatchObject({ ...sound, byStatus: { delivered: verdict.events } })
  // A lease has two thirds of its time left at least. A server that has crashed may take longer to come back than it was gone.
  const isWithinLeases = startedAt - stoppedAt < (leaseMs * 2) / 3
  expect(verdict.extra).toBeLessThanOrEqual(isWithinLeases ? 0 : held)
  expect(new Set(load.failures.map(({ code }) => code))).toEqual(new Set(['storage_unavailable']))
  if (!isFullSize) return
  expect(worst.failedDispatchMs).toBeLessThan(3000)
  expect(worst.connectsPerSecond).toBeLessThanOrEqual(5)
  expect(worst.cpuShare).toBeLessThan(0.2)
  expect(rates.after).toBeGreaterThan(0.8 * rates.before)
})

/**
 * `pg_ctl restart -m immediate`, again and again while a backlog drains.
 *
 * Pass: nothing is lost, no worker ends, nobody helps them, and nothing is sent twice.
 */
test('the server crashes and restarts mid-drain', { timeout: 300_000 }, async () => {
  const outage = await openServer()
  const { server, stage } = outage
  await dispatch(stage, eventsPerSecond * 2 * restarts)
  await startProxied(outage)
  for (let n = 0; n < restarts; n++) {
    await sleep(500 + Math.random() * 1000)
    await server.stop('immediate')
    await server.start()
  }
  const left = await stage.store.rows.unfinished()
  await untilDrained(stage)

  const verdict = await judge(stage)
  printCounts('4 restarts mid-drain', { ...verdict, restarts, leftAfterTheLast: left })
  expect(await stage.fleet.crashes()).toEqual([])
  expect(verdict).toMatchObject({ ...sound, extra: 0, byStatus: { delivered: verdict.events } })
})

/**
 * Connections are ended by the server (`pg_terminate_backend`), one at random after the other, those of workers and of
 * dispatchers alike.
 *
 * Pass: nothing is lost and nothing is sent twice; no worker ends; dispatches that failed did so with a typed error.
 */
test('connections are terminated at random', { timeout: 300_000 }, async () => {
  const { server, stage } = await openServer()
  await stage.fleet.startMany(3)
  const load = startLoad(stage, eventsPerSecond)
  const administrator = new Client({ connectionString: server.url })
  await administrator.connect()
  let terminated = 0
  while (terminated < terminations) {
    await sleep(20 + Math.random() * 60)
    const { rows } = await administrator.query<{ ended: boolean }>(`
      select pg_terminate_backend(pid) as ended from pg_stat_activity
      where backend_type = 'client backend' and datname <> 'postgres' order by random() limit 1`)
    terminated += rows.filter(({ ended }) => ended).length
  }
  await administrator.end()
  await load.stop()
  await untilDrained(stage)

  const verdict = await judge(stage)
  printCounts('4 connections terminated', { ...verdict, terminated, failedDispatches: load.failures.length })
  expect(await stage.fleet.crashes()).toEqual([])
  expect(verdict).toMatchObject({ ...sound, extra: 0, byStatus: { delivered: verdict.events } })
  for (const { code } of load.failures) expect(code).toBe('storage_unavailable')
})
