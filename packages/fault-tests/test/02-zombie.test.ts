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
 * one has taken them over: it has answers in its hands that are out of date.
 *
 * Pass: it changes no delivery; each event had two requests at most, and no more of them than the worker held had two; each
 * request has its row, those of the stale worker as `superseded`.
 */
test.each(storageKinds)('zombie on %s', { timeout: 60_000 }, async (kind) => {
  const delivery = { concurrency: 32, leaseMs }
  const stage = await openStage({ on: kind, delivery })
  const { fleet, endpoint, store } = stage
  await endpoint.behave({ '*': { delayMs: [answerMs, answerMs] } })
  await fleet.startMany(2)
  const [zombie] = fleet.running
  if (zombie === undefined) throw new Error('No worker')
  await dispatch(stage, deliveries)
  await until('the worker holds 20', async () => (await fleet.exposedOf(zombie)) >= 20, { everyMs: 10 })

  zombie.signal('SIGSTOP')
  const exposed = await fleet.exposedOf(zombie)
  await sleep(pauseMs)
  zombie.signal('SIGCONT')
  await untilDrained(stage)
  // Its late results come after all has been delivered.
  await until(
    'the stale results are in',
    async () => (await store.rows.attemptsByOutcome())['lost'] === undefined,
    {
      timeoutMs: 5000,
    },
  ).catch(() => {})

  const { superseded } = await zombie.report()
  const verdict = await judge(stage)
  printCounts(`2 zombie, ${kind}`, { ...verdict, exposed, lateResults: superseded })
  expect(verdict).toMatchObject({ ...sound, byStatus: { delivered: deliveries } })
  expect(verdict.extra).toBeGreaterThan(0)
  expect(verdict.extra).toBeLessThanOrEqual(exposed)
  expect(verdict.mostPerEvent).toBe(2)
  expect(verdict.byOutcome['superseded']).toBe(superseded)
  expect(await fleet.crashes()).toEqual([])
})
