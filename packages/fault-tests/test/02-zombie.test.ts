import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { printCounts } from '../src/print-counts.ts'
import { sizeOf, storageKinds } from '../src/sizes.ts'
import { dispatch, openStage, untilDrained } from '../src/stage.ts'
import { until } from '../src/until.ts'

const { deliveries, leaseMs, answerMs, pauseMs } = sizeOf('zombie')

/**
 * A worker is paused (SIGSTOP) in the middle of its requests, for longer than its leases, and goes on (SIGCONT) when another
 * one has taken them over and waits for its own answers: what the first has in its hands is out of date.
 *
 * Pass: it changes no delivery; each event had two requests at most, and no more of them than the worker held had two; each
 * request has its row, those of the stale worker as `superseded`.
 */
test.each(storageKinds)('zombie on %s', { timeout: 60_000 }, async (kind) => {
  const delivery = { concurrency: 32, leaseMs }
  const stage = await openStage({ on: kind, delivery })
  const { fleet, endpoint } = stage
  await endpoint.behave({ '*': { delayMs: [answerMs, answerMs] } })
  await fleet.startMany(2)
  const [zombie] = fleet.running
  if (zombie === undefined) throw new Error('No worker')
  await dispatch(stage, deliveries)
  await until('all requests are under way', async () => (await endpoint.counts()).seen === deliveries)

  zombie.signal('SIGSTOP')
  const exposed = await fleet.exposedOf(zombie)
  expect(exposed).toBeGreaterThanOrEqual(20)
  await sleep(pauseMs)
  zombie.signal('SIGCONT')
  await untilDrained(stage)

  const { superseded } = await zombie.report()
  const verdict = await judge(stage)
  printCounts(`2 zombie, ${kind}`, { ...verdict, exposed, lateResults: superseded })
  expect(verdict).toMatchObject({ ...sound, byStatus: { delivered: deliveries } })
  expect(verdict.extra).toBe(exposed)
  expect(verdict.mostPerEvent).toBe(2)
  expect(superseded, 'All that it had sent is late').toBe(verdict.extra)
  expect(verdict.byOutcome).toEqual({ succeeded: deliveries, superseded })
  expect(await fleet.crashes()).toEqual([])
})
