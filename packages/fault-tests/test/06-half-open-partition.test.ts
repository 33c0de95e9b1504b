import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { printCounts } from '../src/print-counts.ts'
import { isFullSize, sizeOf } from '../src/sizes.ts'
import { openStage, untilDrained } from '../src/stage.ts'
import { startLoad } from '../src/steady-load.ts'
import { byPort } from '../src/store.ts'
import { startTcpProxy } from '../src/tcp-proxy.ts'
import { until } from '../src/until.ts'

const { eventsPerSecond, leaseMs, cutMs } = sizeOf('partition')

/**
 * Between one of three workers and the database nothing goes through any more, and neither side is told.
 *
 * Pass: the worker claims nothing meanwhile; the others finish what it held; when it is healed it works again, changes
 * nothing by its old leases, and its pool has no connection more than before and none in use by nobody. At full size also:
 * it notices within 15 s and a second; its claims are taken over within a lease and 5 s; its memory is within 10 MB of what it was.
 */
test('half-open partition', { timeout: 180_000 }, async () => {
  const stage = await openStage({ on: 'postgres', delivery: { concurrency: 32, leaseMs } })
  const { fleet, endpoint, store } = stage
  await endpoint.behave({ '*': { delayMs: [200, 400] } })
  const { place } = store
  const proxy = await startTcpProxy(place.kind === 'postgres' ? Number(new URL(place.url).port) : 0)
  onTestFinished(async () => proxy.close())
  const cutOff = await fleet.start({ place: byPort(place, proxy.port), hasOwnPool: true })
  await fleet.startMany(2)
  const load = startLoad(stage, eventsPerSecond)
  await sleep(2000)
  const before = await cutOff.report()
  await until('the worker is busy', async () => (await fleet.exposedOf(cutOff)) >= 3, { everyMs: 5 })

  const cutAt = Date.now()
  proxy.blackHole()
  const leases = await store.rows.leases()
  await until('its claims are taken over', async () => (await fleet.exposedOf(cutOff)) === 0)
  const takenOverMs = Date.now() - cutAt
  await sleep(Math.max(0, cutAt + cutMs - Date.now()))
  const during = await cutOff.report()
  // It has had the time to write down what reached it just before the cut.
  const claimedByCut = cutOff.claimed()
  const exposed = leases.filter((lease) => claimedByCut.has(lease)).length
  proxy.pass()
  const healedAt = Date.now()
  await until('it works again', async () => {
    const { claims } = await cutOff.report()
    return claims.some(({ at, deliveries }) => at > healedAt && deliveries > 0)
  })
  await load.stop()
  await untilDrained(stage)
  await sleep(1000)
  const after = await cutOff.report()

  const failed = during.claims.find(({ at, ms, deliveries }) => at + ms > cutAt && deliveries === -1)
  const claimed = during.claims.filter(({ at, deliveries }) => at > cutAt && deliveries > 0)
  const noticedMs = failed === undefined ? null : failed.at + failed.ms - cutAt
  const verdict = await judge(stage)
  printCounts('6 half-open partition', {
    ...verdict,
    exposed,
    takenOverMs,
    noticedMs,
    workedAgainMs: after.claims.find(({ at, deliveries }) => at > healedAt && deliveries > 0)?.at,
    connections: { before: before.connections, after: after.connections },
    lateResults: after.superseded,
    rssMb: [before.rssBytes / 2 ** 20, after.rssBytes / 2 ** 20].map(Math.round),
  })
  expect(verdict).toMatchObject({ ...sound, byStatus: { delivered: verdict.events } })
  expect(exposed).toBeGreaterThan(0)
  expect(verdict.extra).toBeLessThanOrEqual(exposed)
  expect(claimed).toEqual([])
  expect(after.connections?.waiting).toBe(0)
  // One of them listens, and one may just be asking.
  expect((after.connections?.total ?? 0) - (after.connections?.idle ?? 0)).toBeLessThanOrEqual(2)
  expect(after.connections?.total).toBeLessThanOrEqual(5)
  expect(await fleet.crashes()).toEqual([])
  if (!isFullSize) return
  expect(failed, 'It noticed').toBeDefined()
  expect(noticedMs).toBeLessThan(16_000)
  expect(takenOverMs).toBeLessThan(leaseMs + 5000)
  expect(after.rssBytes - before.rssBytes).toBeLessThan(10 * 2 ** 20)
})
