import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { printCounts } from '../src/print-counts.ts'
import { isFullSize, sizeOf } from '../src/sizes.ts'
import { dispatch, openStage, type Stage, untilDrained } from '../src/stage.ts'
import type { StorageKind } from '../src/store.ts'
import { until } from '../src/until.ts'

const { events, kills, leaseMs, slots, answerMs } = sizeOf('killStorm')

/**
 * Three workers drain a backlog, and again and again one of them is killed (kill -9) and started anew.
 *
 * Pass: nothing is lost; each delivery has exactly one success on record; requests beyond the first are at most as many as
 * the killed workers held, by the database, when they were killed. At full size also: no lease is overdue by more than 10 s
 * in the storm and 5 s after it, and the whole takes no longer than twice an
 * undisturbed run and a lease.
 */
test.each(['postgres', 'sqlite'] as const)('kill storm on %s', { timeout: 600_000 }, async (kind) => {
  const undisturbedMs = isFullSize ? await drainUndisturbed(kind) : null
  const stage = await openStorm(kind)
  await dispatch(stage, events)
  await stage.fleet.startMany(3)
  const startedAt = performance.now()

  const watch = watchOverdue(stage)
  let exposed = 0
  const restarts: Promise<unknown>[] = []
  for (let n = 0; n < kills; n++) {
    await sleep(400 + Math.random() * 400)
    // On a slow machine it may happen that all of them are still starting.
    await until('a worker has started', () => stage.fleet.isWorking)
    exposed += await stage.fleet.kill(stage.fleet.random())
    restarts.push(stage.fleet.start())
  }
  await Promise.all(restarts)
  const inStorm = watch.worst()
  const killsEndedAt = performance.now()
  await untilDrained(stage, 300_000)
  const drainMs = performance.now() - startedAt
  const after = await watch.end()

  const verdict = await judge(stage)
  printCounts(`1 kill storm, ${kind}`, {
    ...verdict,
    kills,
    exposed,
    drainMs,
    undisturbedMs,
    stormMs: killsEndedAt - startedAt,
    overdueInStormMs: inStorm,
    overdueAfterMs: after,
  })
  expect(verdict).toMatchObject({ ...sound, events, byStatus: { delivered: events } })
  expect(exposed, 'The storm hit workers that held something').toBeGreaterThan(0)
  expect(verdict.extra).toBeLessThanOrEqual(exposed)
  expect(await stage.fleet.crashes()).toEqual([])
  if (undisturbedMs === null) return
  expect(drainMs).toBeLessThan(2 * undisturbedMs + leaseMs)
  expect(inStorm).toBeLessThan(10_000)
  expect(after).toBeLessThan(5000)
})

async function openStorm(kind: StorageKind): Promise<Stage> {
  const delivery = { concurrency: slots, organizationConcurrency: slots, webhookConcurrency: slots, leaseMs }
  const stage = await openStage({ on: kind, delivery })
  await stage.endpoint.behave({ '*': { delayMs: answerMs } })
  return stage
}

async function drainUndisturbed(kind: StorageKind): Promise<number> {
  const stage = await openStorm(kind)
  await dispatch(stage, events)
  await stage.fleet.startMany(3)
  const startedAt = performance.now()
  await untilDrained(stage, 300_000)
  const ms = performance.now() - startedAt
  await stage.fleet.stop()
  return ms
}

/** Keeps an eye on the lease that has been overdue for longest. `worst` begins anew when it is asked. */
function watchOverdue({ store: { rows } }: Stage): { worst: () => number; end: () => Promise<number> } {
  let worst = 0
  const ended = new AbortController()
  const watching = (async () => {
    while (!ended.signal.aborted) {
      worst = Math.max(worst, await rows.mostOverdueMs())
      await sleep(200)
    }
  })()
  const take = (): number => {
    const taken = worst
    worst = 0
    return taken
  }
  return {
    worst: take,
    async end() {
      ended.abort()
      await watching
      return take()
    },
  }
}
