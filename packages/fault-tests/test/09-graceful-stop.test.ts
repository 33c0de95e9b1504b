import { expect, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { printCounts } from '../src/print-counts.ts'
import { isFullSize, sizeOf, storageKinds } from '../src/sizes.ts'
import { dispatch, openStage, untilDrained } from '../src/stage.ts'
import { startLoad } from '../src/steady-load.ts'
import { until } from '../src/until.ts'

const { deploys, answerMs, graceMs, eventsPerSecond } = sizeOf('gracefulStop')

/**
 * Two workers under load are replaced one after the other, many times: a new one starts, and the old one is told to stop
 * (SIGTERM) by the host's handler.
 *
 * Pass: every worker ends in good order and leaves nothing that it holds; nothing is lost or sent twice; the library has
 * installed no signal handler. At full size also: each is gone after the grace period and a second.
 */
test.each(storageKinds)('rolling deploys on %s', { timeout: 900_000 }, async (kind) => {
  const stage = await openStage({ on: kind, delivery: { concurrency: 64 }, graceMs })
  const { fleet, endpoint } = stage
  await endpoint.behave({ '*': { delayMs: [0, answerMs] } })
  await fleet.startMany(2)
  const load = startLoad(stage, eventsPerSecond)
  let slowestExitMs = 0
  let left = 0
  let foreignSignalHandlers = 0
  for (let n = 0; n < deploys; n++) {
    const [oldest] = fleet.running
    await fleet.start()
    if (oldest === undefined) throw new Error('No worker')
    foreignSignalHandlers += (await oldest.report()).foreignSignalHandlers
    const toldAt = performance.now()
    oldest.signal('SIGTERM')
    expect(await oldest.exited).toEqual({ code: 0, signal: null })
    slowestExitMs = Math.max(slowestExitMs, performance.now() - toldAt)
    left += await fleet.exposedOf(oldest)
  }
  await load.stop()
  await untilDrained(stage)

  const verdict = await judge(stage)
  printCounts(`9 rolling deploys, ${kind}`, { ...verdict, deploys, slowestExitMs, left })
  expect(verdict).toMatchObject({
    ...sound,
    extra: 0,
    byStatus: { delivered: verdict.events },
    byOutcome: { succeeded: verdict.events },
  })
  expect({ left, foreignSignalHandlers }).toEqual({ left: 0, foreignSignalHandlers: 0 })
  if (isFullSize) expect(slowestExitMs).toBeLessThan(graceMs + 1000)
})

/**
 * A worker is told to stop while its requests hang.
 *
 * Pass: after the grace period it cuts them off and ends; it leaves no lease behind, and another worker sends them at once,
 * long before a lease would have lapsed; the attempts that were cut off are on record as `worker_stopped`. At full size also:
 * it is gone after the grace period and a second, and the first of them goes out within a second of that.
 */
test.each(storageKinds)('a stop that runs out of time, on %s', { timeout: 60_000 }, async (kind) => {
  const shortGraceMs = 1000
  const delivery = { concurrency: 32, leaseMs: 60_000, timeoutMs: 60_000 }
  const stage = await openStage({ on: kind, delivery, graceMs: shortGraceMs })
  const { fleet, endpoint, store } = stage
  await endpoint.behave({ '*': { hangs: true } })
  const worker = await fleet.start()
  await dispatch(stage, 24)
  await until('all of them hang', async () => (await endpoint.counts()).seen === 24)

  const toldAt = Date.now()
  worker.signal('SIGTERM')
  const exit = await worker.exited
  const exitMs = Date.now() - toldAt
  const left = await store.rows.leases()
  await endpoint.behave({ '*': {} })
  const next = await fleet.start()
  const startedAt = Date.now()
  await untilDrained(stage)

  const requests = endpoint.requests()
  const verdict = await judge(stage, requests)
  const sentAgainMs = Math.min(
    ...requests.filter(({ attempt }) => attempt === 2).map(({ at }) => at - startedAt),
  )
  printCounts(`9 a stop that runs out of time, ${kind}`, { ...verdict, exitMs, sentAgainMs })
  expect(exit).toEqual({ code: 0, signal: null })
  expect(left).toEqual([])
  expect(verdict).toMatchObject({
    ...sound,
    requests: 48,
    mostPerEvent: 2,
    byStatus: { delivered: 24 },
    byOutcome: { 'failed worker_stopped': 24, succeeded: 24 },
  })
  next.signal('SIGTERM')
  expect(await next.exited).toEqual({ code: 0, signal: null })
  if (!isFullSize) return
  expect(exitMs).toBeLessThan(shortGraceMs + 1000)
  expect(sentAgainMs).toBeLessThan(1000)
})
