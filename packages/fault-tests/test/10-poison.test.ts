import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import {
  drip,
  earlyHints,
  endlessBody,
  hang,
  hangUp,
  hugeHeaders,
  junk,
  redirectTo,
  resetInBody,
  type Responder,
  startReceiver,
} from '@leadhooks/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { percentile } from '../src/percentile.ts'
import { printCounts } from '../src/print-counts.ts'
import { isFullSize, sizeOf } from '../src/sizes.ts'
import { createWebhook, dispatch, openStage, type Stage, untilDrained } from '../src/stage.ts'
import { startLoad } from '../src/steady-load.ts'
import type { HostFault } from '../src/worker-config.ts'

const { hostile, healthy, eventsPerSecond, forMs, innocent } = sizeOf('poison')

/** As fast as it is read, and without an end. */
const pour =
  (start: string, more: string): Responder =>
  (_request, { socket }) => {
    if (socket === null) return
    const go = (): void => {
      while (!socket.destroyed && socket.write(more));
    }
    socket.on('drain', go)
    socket.write(start)
    go()
  }

/** 300 MB when inflated. */
const bomb = Buffer.concat(Array.from({ length: 300 }, () => gzipSync(Buffer.alloc(1_000_000))))

/** All of them are failures but the first two: a 200 is a 200, and of what comes after only the beginning is read. */
const hostileAnswers = {
  endlessBody,
  gzipBomb: { headers: { 'content-encoding': 'gzip' }, body: bomb },
  drip: drip(),
  earlyHints: earlyHints(),
  endlessInterim: pour('', 'HTTP/1.1 102 Processing\r\n\r\n'),
  endlessStatus: pour('HTTP/1.1 200 ', '.'.repeat(1000)),
  hang,
  hangUp,
  hugeHeaders,
  junk,
  redirect: redirectTo('http://127.0.0.1:1/'),
  resetInBody,
}

/**
 * Receivers that do everything wrong that a receiver can, beside healthy ones, under a steady load.
 *
 * Pass: no worker ends, or grows by more than 96 MB; the healthy receivers get every event once; what the hostile ones made of
 * theirs is on record. At full size also: what the healthy ones get in that time is at least 90 % of what was dispatched to them.
 */
test('hostile endpoints', { timeout: 120_000 }, async () => {
  const delivery = { concurrency: 64, timeoutMs: 1000, retry: { delaysMs: [] } }
  const stage = await openStage({ on: 'postgres', organizations: healthy, delivery })
  const kinds = Object.keys(hostileAnswers).length
  const answers = Object.values(hostileAnswers)
  const receivers = await Promise.all(answers.map(async (respond) => startReceiver({ respond })))
  onTestFinished(async () => {
    await Promise.all(receivers.map(async (receiver) => receiver.close()))
  })
  for (let n = 0; n < hostile; n++) {
    await createWebhook(stage, `hostile_${n}`, receivers[n % receivers.length]?.url ?? '', 10)
  }
  const workers = await stage.fleet.startMany(2)
  const atStart = await Promise.all(workers.map(async (worker) => worker.report()))

  const startedAt = Date.now()
  const load = startLoad(stage, eventsPerSecond)
  let toHostile = 0
  while (Date.now() < startedAt + forMs) {
    const events = Array.from({ length: hostile }, (_, n) => ({
      organizationId: `hostile_${n}`,
      type: 'new_lead',
      data: {},
    }))
    await stage.leadhooks.dispatchEvents(events)
    toHostile += hostile
    await sleep(1000)
  }
  const endedAt = Date.now()
  await load.stop()
  await untilDrained(stage)

  const atEnd = await Promise.all(workers.map(async (worker) => worker.report()))
  const grownBytes = atEnd.map(({ peakRssBytes }, n) => peakRssBytes - (atStart[n]?.rssBytes ?? 0))
  const requests = stage.endpoint.requests()
  const verdict = await judge(stage, requests)
  const share = requests.filter(({ at }) => at < endedAt).length / stage.dispatched.size
  const waits = requests.map(({ id, at }) => at - (load.dispatchedAt.get(id) ?? at))
  printCounts('10 hostile endpoints', {
    ...verdict,
    toHostile,
    deliveredInTime: share,
    grownMb: Math.max(...grownBytes) / 1e6,
    waitP50Ms: percentile(waits, 0.5),
    waitP95Ms: percentile(waits, 0.95),
  })
  expect(await stage.fleet.crashes()).toEqual([])
  expect(verdict).toMatchObject({
    ...sound,
    extra: 0,
    byStatus: {
      delivered: verdict.events + (2 * toHostile) / kinds,
      dead_letter: toHostile - (2 * toHostile) / kinds,
    },
  })
  expect(Math.max(...grownBytes)).toBeLessThan(96_000_000)
  if (isFullSize) expect(share).toBeGreaterThan(0.9)
})

/**
 * Rows that cannot be worked with: a secret that no key opens, settings of a webhook that make no sense, a payload that is
 * broken, a webhook that was deleted.
 *
 * Pass: no worker ends; each of them is parked with its reason, and a missing key burns no attempt; all other events are
 * delivered once.
 */
test('broken rows', { timeout: 120_000 }, async () => {
  const stage = await openStage({ on: 'postgres', delivery: { leaseMs: 500 } })
  const { endpoint, fleet, leadhooks, store } = stage
  const broken = ['undecryptable', 'unreadable', 'payload', 'deleted'] as const
  const deliveries: Record<string, string> = {}
  for (const organizationId of broken) {
    await createWebhook(stage, organizationId, endpoint.url)
    await leadhooks.dispatchEvent({ organizationId, id: organizationId, type: 'new_lead', data: {} })
    const { data } = await leadhooks.deliveries.list({ organizationId })
    deliveries[organizationId] = data[0]?.id ?? ''
  }
  await store.rows.run(
    `update leadhooks.webhooks set sealed_secret = 'v1.lost.AAAA' where organization_id = 'undecryptable'`,
  )
  await store.rows.run(
    `update leadhooks.webhooks set header_names = '17', retry = '"?"' where organization_id = 'unreadable'`,
  )
  await store.rows.run(`update leadhooks.events set body = '{"id": ' where organization_id = 'payload'`)
  const { data: webhooks } = await leadhooks.webhooks.list({ organizationId: 'deleted' })
  for (const { id } of webhooks) await leadhooks.webhooks.delete({ organizationId: 'deleted', id })
  await endpoint.behave({ '/unreadable': { failsFirst: true } })
  await dispatch(stage, innocent)
  await fleet.startMany(2)
  await untilDrained(stage)

  const requests = endpoint.requests().filter(({ id }) => stage.dispatched.has(id))
  const verdict = await judge(stage, requests)
  const ends: Record<string, unknown> = {}
  for (const organizationId of broken) {
    const scoped = { organizationId, id: deliveries[organizationId] ?? '' }
    const { status, reason, attempts } = await leadhooks.deliveries.get(scoped)
    ends[organizationId] = { status, reason, attempts }
  }
  printCounts('10 broken rows', { ...verdict, ends })
  expect(await fleet.crashes()).toEqual([])
  expect(verdict).toMatchObject({ ...sound, extra: 0, requests: innocent })
  expect(ends).toMatchObject({
    undecryptable: { status: 'dead_letter', reason: 'undecryptable', attempts: 0 },
    // Nobody can tell when it is to be tried again, so that its lease lapses, and the next attempt is made.
    unreadable: { status: 'delivered', attempts: 2 },
    // It goes out byte for byte, as it is stored; that it makes no sense is for the receiver to say.
    payload: { status: 'delivered', attempts: 1 },
    deleted: { status: 'cancelled', reason: 'webhook_deleted', attempts: 0 },
  })
})

/**
 * A hook of the host that throws, or never comes back.
 *
 * Pass: it stops nothing: every event is delivered once.
 */
test.each(['observer-throws', 'observer-hangs'] as const)('%s', { timeout: 60_000 }, async (hostFault) => {
  const stage = await openStage({ on: 'postgres' })
  await stage.fleet.startMany(2, { hostFault })
  await dispatch(stage, innocent)
  await untilDrained(stage)
  const verdict = await judge(stage)
  printCounts(`10 ${hostFault}`, { ...verdict })
  expect(await stage.fleet.crashes()).toEqual([])
  expect(verdict).toMatchObject({ ...sound, extra: 0, byStatus: { delivered: innocent } })
})

/**
 * A hook of the host that ends the process as soon as a result is in. The result is written before the hook is called.
 *
 * Pass: whatever dies, each delivery is finished in the end, and every request has its row.
 */
test('observer-exits', { timeout: 120_000 }, async () => {
  const stage = await openStage({ on: 'postgres', delivery: { leaseMs: 500 } })
  await dispatch(stage, innocent)
  const crashes = await restartUntilDrained(stage, 'observer-exits')
  const verdict = await judge(stage)
  printCounts('10 observer-exits', { ...verdict, crashes })
  expect(verdict).toMatchObject({ ...sound, events: innocent })
  expect(verdict.byStatus['delivered']).toBeGreaterThan(0)
})

/**
 * A delivery whose request ends the process that makes it, beside others that are under way in that process each time.
 *
 * Pass: after five crashes it is parked, `dead_letter: worker_crash`, with five attempts; all others are delivered.
 */
test('a delivery that kills its worker', { timeout: 120_000 }, async () => {
  const stage = await openStage({ on: 'postgres', delivery: { leaseMs: 500 } })
  const { leadhooks, endpoint } = stage
  await endpoint.behave({ '*': { delayMs: [20, 100] } })
  await createWebhook(stage, 'poison', endpoint.url)
  await leadhooks.dispatchEvent({ organizationId: 'poison', type: 'new_lead', data: {} })
  await dispatch(stage, innocent)
  const crashes = await restartUntilDrained(stage, 'exits-on-poison')

  const verdict = await judge(stage)
  const { data: poisoned } = await leadhooks.deliveries.list({ organizationId: 'poison' })
  printCounts('10 a delivery that kills its worker', { ...verdict, crashes })
  expect(poisoned).toMatchObject([{ status: 'dead_letter', reason: 'worker_crash', attempts: 5 }])
  expect(crashes).toBeLessThanOrEqual(5)
  expect(verdict).toMatchObject({ ...sound, byStatus: { delivered: innocent, dead_letter: 1 } })
})

/** Keeps one worker running, as a supervisor does. Answers how often it had to start another one. */
async function restartUntilDrained({ fleet, store: { rows } }: Stage, hostFault: HostFault): Promise<number> {
  for (let crashes = 0; ; crashes++) {
    const worker = await fleet.start({ hostFault })
    while (worker.isRunning && (await rows.unfinished()) > 0) await sleep(50)
    if (worker.isRunning) return crashes
  }
}
