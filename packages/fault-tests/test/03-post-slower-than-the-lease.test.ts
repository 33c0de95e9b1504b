import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { printCounts } from '../src/print-counts.ts'
import { sizeOf, storageKinds } from '../src/sizes.ts'
import { dispatch, openStage, type Stage, untilDrained } from '../src/stage.ts'
import { byPort } from '../src/store.ts'
import { startTcpProxy } from '../src/tcp-proxy.ts'
import { until } from '../src/until.ts'

const { deliveries, leaseMs, answerMs, cutMs } = sizeOf('slowPost')
const delivery = {
  concurrency: 512,
  organizationConcurrency: 512,
  webhookConcurrency: 128,
  leaseMs,
  timeoutMs: 30_000,
}

/**
 * The endpoint takes twice as long as a lease lasts.
 *
 * Pass: each event has exactly one request, since live workers renew their leases.
 */
test.each(storageKinds)('a POST slower than the lease, on %s', { timeout: 120_000 }, async (kind) => {
  const stage = await openStage({ on: kind, delivery })
  await stage.endpoint.behave({ '*': { delayMs: [answerMs, answerMs] } })
  await stage.fleet.startMany(3)
  await dispatch(stage, deliveries)
  await untilDrained(stage)

  const verdict = await judge(stage)
  printCounts(`3 a POST slower than the lease, ${kind}`, { ...verdict })
  expect(verdict).toMatchObject({ ...sound, requests: deliveries, byStatus: { delivered: deliveries } })
  expect(await stage.fleet.crashes()).toEqual([])
})

/**
 * The same, and the database is out of reach for the workers in the middle of their requests, for longer than a lease, so
 * that they cannot renew; another worker takes over.
 *
 * Pass: each event has two requests at most; the workers that were cut off change nothing.
 */
test('a POST slower than the lease, with renewals blocked', { timeout: 120_000 }, async () => {
  const stage = await openStage({ on: 'postgres', delivery })
  const { fleet, endpoint, store } = stage
  await endpoint.behave({ '*': { delayMs: [answerMs, answerMs] } })
  const proxy = await startTcpProxy(portOf(stage))
  onTestFinished(async () => proxy.close())
  const cutOff = await fleet.startMany(2, { place: byPort(store.place, proxy.port) })
  await dispatch(stage, deliveries)
  await until('all requests are under way', async () => (await endpoint.counts()).seen === deliveries)

  proxy.drop()
  await fleet.start()
  await sleep(cutMs)
  proxy.pass()
  await untilDrained(stage)
  const late = await Promise.all(cutOff.map(async (worker) => worker.report()))

  const verdict = await judge(stage)
  const superseded = late.reduce((sum, report) => sum + report.superseded, 0)
  printCounts('3 a POST slower than the lease, renewals blocked', { ...verdict, lateResults: superseded })
  expect(verdict).toMatchObject({ ...sound, byStatus: { delivered: deliveries } })
  expect(verdict.mostPerEvent).toBeLessThanOrEqual(2)
  expect(verdict.extra, 'Leases lapsed').toBeGreaterThan(0)
  expect(verdict.byOutcome).toEqual({ succeeded: deliveries, superseded })
  expect(superseded, 'All that was taken over is late').toBe(verdict.extra)
  expect(await fleet.crashes()).toEqual([])
})

function portOf({ store: { place } }: Stage): number {
  return place.kind === 'postgres' ? Number(new URL(place.url).port) : 0
}
