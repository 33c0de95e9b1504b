import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { judge, sound } from '../src/judge.ts'
import { greatest, percentile } from '../src/percentile.ts'
import { printCounts } from '../src/print-counts.ts'
import { isFullSize, sizeOf } from '../src/sizes.ts'
import { createWebhook, openStage, untilDrained } from '../src/stage.ts'
import { startLoad } from '../src/steady-load.ts'

const { backlog, tenants, eventsPerSecond, forMs, timeoutMs } = sizeOf('noisyNeighbour')
const workers = 3
const concurrency = 10

/**
 * One tenant has a great many deliveries to a receiver that never answers, and many tenants have a steady flow of events to
 * healthy ones. Then the dead receiver comes back to life.
 *
 * Pass: nothing is lost, of either; the receiver never sees more requests at once than its webhook may have in all
 * processes, and at most as many idle sockets beside them. At full size also: a healthy event waits less than 2 s (p95) all the time; after the recovery no
 * second holds more than three times the mean of the retries.
 */
test('noisy neighbour', { timeout: 1_800_000 }, async () => {
  const retry = {
    firstDelayMs: 1000,
    factor: 2,
    maxDelayMs: isFullSize ? 30_000 : 4000,
    maxAttempts: 100,
    jitter: 0.2,
  }
  const delivery = { concurrency: 64, timeoutMs, retry }
  const stage = await openStage({ on: 'postgres', organizations: tenants, delivery })
  const { leadhooks, fleet, directory, secret } = stage
  const dark = await startEndpoint(directory, secret, 'dark')
  onTestFinished(async () => dark.close())
  await dark.behave({ '*': { hangs: true } })
  await createWebhook(stage, 'dark', dark.url, concurrency)
  for (let from = 0; from < backlog; from += 500) {
    const events = Array.from({ length: Math.min(500, backlog - from) }, (_, n) => ({
      organizationId: 'dark',
      id: `dark_${from + n}`,
      type: 'new_lead',
      data: {},
    }))
    await leadhooks.dispatchEvents(events)
  }
  await fleet.startMany(workers)

  const load = startLoad(stage, eventsPerSecond)
  await sleep(forMs)
  const whileDark = await dark.counts({ resetMost: true })
  await dark.behave({ '*': {} })
  const recoveredAt = Date.now()
  await sleep(Math.min(forMs / 5, 10_000))
  await load.stop()
  await untilDrained(stage, 600_000)
  const recovered = await dark.counts()

  const requests = stage.endpoint.requests()
  const verdict = await judge(stage, requests)
  const waits = requests.map(({ id, at }) => at - (load.dispatchedAt.get(id) ?? at))
  const toDark = dark.requests()
  const retries = toDark.filter(({ at, attempt }) => at > recoveredAt && attempt > 1)
  const perSecond = new Map<number, number>()
  for (const { at } of retries) {
    const second = Math.floor(at / 1000)
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
  }
  const spanSeconds = Math.max(1, (greatest(retries.map(({ at }) => at)) - recoveredAt) / 1000)
  const peak = greatest(perSecond.values()) / (retries.length / spanSeconds)
  printCounts('12 noisy neighbour', {
    ...verdict,
    healthyP50Ms: percentile(waits, 0.5),
    healthyP95Ms: percentile(waits, 0.95),
    healthyMostMs: greatest(waits),
    dark: { requests: toDark.length, whileDark, recovered },
    retriesAfterRecovery: retries.length,
    peakOverMean: peak,
    drainedMs: Date.now() - recoveredAt,
  })
  expect(await fleet.crashes()).toEqual([])
  expect(verdict).toMatchObject({ ...sound, extra: 0, byStatus: { delivered: verdict.events + backlog } })
  expect(new Set(toDark.map(({ id }) => id)).size).toBe(backlog)
  for (const counts of [whileDark, recovered]) {
    expect(counts.mostInFlight).toBeLessThanOrEqual(workers * concurrency)
    // For a request that was cut off undici dials once more, and then has nothing to send: that socket is idle until its
    // keep-alive ends.
    expect(counts.mostConnections).toBeLessThanOrEqual(2 * workers * concurrency)
  }
  if (!isFullSize) return
  expect(percentile(waits, 0.95)).toBeLessThan(2000)
  expect(peak).toBeLessThan(3)
})
