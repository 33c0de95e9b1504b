import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { greatest } from '../src/percentile.ts'
import { printCounts } from '../src/print-counts.ts'
import { isFullSize, sizeOf } from '../src/sizes.ts'
import { dispatch, openStage, untilDrained } from '../src/stage.ts'

const { events, jumps, jumpEveryMs } = sizeOf('clockSkew')
const hour = 3_600_000
const retryMs = 2000

/**
 * The clock of one worker is an hour slow, that of another an hour fast, and that of a third is set to and fro by five minutes
 * all the time. The endpoint fails each first attempt, so that there are retries, and one worker is killed, so that there
 * are leases to take over.
 *
 * Pass: the database's clock counts: no retry comes early; nothing is sent twice but what the killed worker held; the
 * `webhook-timestamp` is within 5 s of the right time and every signature verifies; `diagnose()` of those whose clock is
 * wrong says so. At full size also: no retry is late by more than 2 s.
 */
test('clock skew', { timeout: 180_000 }, async () => {
  const delivery = { leaseMs: 3000, retry: { delaysMs: [retryMs, retryMs] } }
  const stage = await openStage({ on: 'postgres', delivery })
  const { fleet, endpoint } = stage
  await endpoint.behave({ '*': { failsFirst: true, delayMs: [5, 50] } })
  const [slow, fast, jumping] = await Promise.all(
    [-hour, hour, 0].map(async (skewMs) => fleet.start({}, { skewMs })),
  )
  if (slow === undefined || fast === undefined || jumping === undefined) throw new Error('No workers')

  for (let n = 0; n < jumps; n++) {
    jumping.skew(n % 2 === 0 ? -300_000 : 300_000)
    await dispatch(stage, events / jumps)
    await sleep(jumpEveryMs)
  }
  const clocks = await Promise.all(
    [slow, fast, jumping].map(async (worker) => (await worker.report({ withClock: true })).clock?.status),
  )
  await dispatch(stage, 30)
  const exposed = await fleet.kill(slow)
  await untilDrained(stage)

  const requests = endpoint.requests()
  const verdict = await judge(stage, requests)
  const firsts = new Map(requests.filter(({ attempt }) => attempt === 1).map(({ id, at }) => [id, at]))
  const retries = requests
    .filter(({ id, attempt }) => attempt === 2 && firsts.has(id))
    .map(({ id, at }) => at - (firsts.get(id) ?? 0) - retryMs)
  const timestampsOffSeconds = requests.map(({ at, timestamp }) => Math.abs(at / 1000 - timestamp))
  const late = greatest(retries)
  const early = greatest(retries.map((ms) => -ms))
  printCounts('11 clock skew', {
    ...verdict,
    exposed,
    earlyMs: early,
    lateMs: late,
    timestampOffSeconds: greatest(timestampsOffSeconds),
    clocks,
  })
  expect(await fleet.crashes()).toEqual([])
  expect(verdict).toMatchObject({ ...sound, byStatus: { delivered: verdict.events } })
  expect(verdict.requests).toBeLessThanOrEqual(2 * verdict.events + exposed)
  expect(early).toBeLessThanOrEqual(0)
  expect(greatest(timestampsOffSeconds)).toBeLessThan(5)
  expect(clocks).toEqual(['warning', 'warning', 'warning'])
  if (isFullSize) expect(late).toBeLessThan(2000)
})
