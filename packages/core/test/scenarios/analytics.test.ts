import { type Leadhooks, memoryStorage } from '@leadhooks/core'
import { type FakeClock, fakeClock } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import {
  dispatch,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const retry = { delaysMs: [1000] }

const noFigures = {
  deliveries: 0,
  delivered: 0,
  deadLettered: 0,
  attempts: 0,
  succeeded: 0,
  failed: 0,
  retries: 0,
  successRate: 0,
  firstAttemptSuccessRate: 0,
  averageMs: 0,
  p50Ms: 0,
  p95Ms: 0,
  p99Ms: 0,
}

/** Everything that analytics tells of the last week, as one value. */
async function everything(leadhooks: Leadhooks): Promise<unknown> {
  const { analytics } = leadhooks
  return Promise.all([
    analytics.summary({ organizationId }),
    analytics.timeSeries({ organizationId }),
    analytics.byWebhook({ organizationId }),
    analytics.byEventType({ organizationId }),
    analytics.errors({ organizationId }),
  ])
}

test('what came of deliveries is told all together, by webhook, event type, time and cause', async () => {
  const clock = fakeClock()
  const good = await openReceiver()
  const bad = await openReceiver({ respond: [500, 200, 500, 503] })
  const { leadhooks, settledCount } = await openLeadhooks({ clock, delivery: { circuit: false } })
  const fine = await leadhooks.webhooks.create({ organizationId, url: good.url, name: 'Fine' })
  const flaky = await leadhooks.webhooks.create({ organizationId, url: bad.url, retry, concurrency: 1 })
  leadhooks.startWorker()
  await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
  await whileTimePasses(clock, settledCount(3))
  await leadhooks.dispatchEvent({ organizationId, type: 'lost_lead', data: {} })
  await whileTimePasses(clock, settledCount(6))
  await letSettle(clock)

  const summary = await leadhooks.analytics.summary({ organizationId })
  expect(summary).toMatchObject({
    deliveries: 4,
    delivered: 3,
    deadLettered: 1,
    attempts: 6,
    succeeded: 3,
    failed: 3,
    retries: 2,
    successRate: 75,
    firstAttemptSuccessRate: 50,
    webhooks: { total: 2, active: 2, healthy: 1, degraded: 1, failing: 0 },
    previous: noFigures,
  })
  expect(summary.to.getTime() - summary.from.getTime()).toBe(7 * dayMs)
  expect(summary.previous.to).toEqual(summary.from)

  const { data: webhooks } = await leadhooks.analytics.byWebhook({ organizationId })
  expect(webhooks).toHaveLength(2)
  const of = ({ webhook }: typeof fine) => webhooks.find(({ webhookId }) => webhookId === webhook.id)
  expect(of(flaky)).toMatchObject({
    attempts: 4,
    delivered: 1,
    deadLettered: 1,
    successRate: 50,
    status: 'degraded',
    evidence: [{ reason: 'paused' }],
  })
  expect(of(fine)).toMatchObject({ name: 'Fine', attempts: 2, successRate: 100, status: 'healthy' })

  const { data: types } = await leadhooks.analytics.byEventType({ organizationId })
  expect(types).toMatchObject([
    { eventType: 'lost_lead', attempts: 3, failed: 2 },
    { eventType: 'new_lead', attempts: 3, failed: 1 },
  ])
  expect(await leadhooks.analytics.errors({ organizationId, webhookId: flaky.webhook.id })).toMatchObject({
    failed: 3,
    failures: [
      { failure: 'status', statusCode: 500, attempts: 2, share: 66.67, previousAttempts: 0 },
      { failure: 'status', statusCode: 503, attempts: 1, share: 33.33 },
    ],
    deadLettered: 1,
    deadLetters: [{ reason: 'exhausted', deliveries: 1, share: 100, previousDeliveries: 0 }],
  })
  const series = await leadhooks.analytics.timeSeries({ organizationId, eventType: 'new_lead' })
  expect(series).toMatchObject({ interval: 'hour', previous: { points: { length: series.points.length } } })
  expect(series.points.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(3)
  expect(series.points.at(-1)).toMatchObject({ startsAt: new Date('2026-01-01T00:00:00Z'), attempts: 3 })
})

test('figures stay the same when a worker adds them up, and a period later they are the previous ones', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver({ respond: [200, 500, 200] })
  const { leadhooks, settledCount } = await openLeadhooks({ clock })
  await leadhooks.webhooks.create({ organizationId, url: receiver.url, concurrency: 1, retry })
  leadhooks.startWorker()
  await dispatch(leadhooks, 2)
  await whileTimePasses(clock, settledCount(3))
  await letSettle(clock)
  const range = { organizationId, from: new Date(clock.now() - hourMs), to: new Date(clock.now()) }
  const before = await leadhooks.analytics.summary(range)
  expect(before).toMatchObject({ attempts: 3, failed: 1, delivered: 2 })
  await clock.advance(3 * minuteMs)
  expect(await leadhooks.analytics.summary(range)).toEqual(before)
  await leadhooks.analytics.rebuild({ organizationId })
  expect(await leadhooks.analytics.summary(range), 'Counted anew').toEqual(before)

  const next = { organizationId, from: range.to, to: new Date(range.to.getTime() + hourMs) }
  const later = await leadhooks.analytics.summary(next)
  expect(later.previous.attempts + later.attempts).toBe(3)
  expect(await leadhooks.analytics.errors({ ...next, webhookId: 'whk_none' })).toMatchObject({
    failures: [],
    deadLetters: [],
  })
  await letSettle(clock)
})

test('test sends and what a filter leaves out count nowhere', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver()
  const { leadhooks, settledCount } = await openLeadhooks({ clock })
  const { webhook } = await leadhooks.webhooks.create({
    organizationId,
    url: receiver.url,
    filter: { n: { $gte: 1 } },
  })
  await clock.advance(minuteMs)
  const nothing = await everything(leadhooks)
  await leadhooks.webhooks.test({ organizationId, id: webhook.id, eventType: 'new_lead' })
  leadhooks.startWorker()
  await dispatch(leadhooks, 1)
  await whileTimePasses(clock, settledCount(1))
  await letSettle(clock)
  expect(receiver.requests, 'Only the test').toHaveLength(1)
  expect(await everything(leadhooks)).toEqual(nothing)
})

test('where there is nothing all is zero, and lists are empty', async () => {
  const { leadhooks } = await openLeadhooks()
  const numbers = { total: 0, active: 0, healthy: 0, degraded: 0, failing: 0 }
  expect(await leadhooks.analytics.summary({ organizationId })).toMatchObject({
    ...noFigures,
    previous: noFigures,
    webhooks: numbers,
  })
  expect(await leadhooks.analytics.byWebhook({ organizationId })).toEqual({ data: [], nextCursor: null })
  expect(await leadhooks.analytics.byEventType({ organizationId })).toEqual({ data: [] })
  expect(await leadhooks.analytics.errors({ organizationId })).toMatchObject({
    failed: 0,
    failures: [],
    deadLettered: 0,
    deadLetters: [],
  })
  const { points } = await leadhooks.analytics.timeSeries({ organizationId })
  expect(
    points.every((point) => Object.values(point).every((value) => value instanceof Date || value === 0)),
  ).toBe(true)
})

const now = Date.parse('2026-01-01T00:00:00Z')
test.each([
  ['ends before it begins', { from: new Date(now), to: new Date(now - hourMs) }, 'Must lie before `to`'],
  ['has no length', { from: new Date(now), to: new Date(now) }, 'Must lie before `to`'],
  ['spans ten years', { from: new Date(now - 3650 * dayMs), to: new Date(now) }, 'more than 366 days'],
])('a range that %s is refused', async (_what, range, message) => {
  const { leadhooks } = await openLeadhooks({ clock: fakeClock() })
  const refused = { code: 'invalid_request', message: expect.stringContaining(message) as string }
  for (const read of ['summary', 'timeSeries', 'byWebhook', 'byEventType', 'errors'] as const)
    await expect(leadhooks.analytics[read]({ organizationId, ...range })).rejects.toMatchObject(refused)
})

test('a series of too many points, or of minutes long gone, is refused', async () => {
  const { leadhooks } = await openLeadhooks({ clock: fakeClock() })
  const series = (interval: 'minute' | 'hour', days: number) =>
    leadhooks.analytics.timeSeries({
      organizationId,
      interval,
      from: new Date(now - days * dayMs),
      to: new Date(now - (days - 1) * dayMs),
    })
  await expect(series('minute', 10)).rejects.toThrow('kept for 3 days')
  await expect(series('hour', 100)).rejects.toThrow('kept for 92 days')
  expect((await series('minute', 3)).previous, 'No minutes are left of the day before').toBeNull()
  const long = { organizationId, interval: 'minute' as const, from: new Date(now - 2 * dayMs) }
  await expect(leadhooks.analytics.timeSeries(long)).rejects.toThrow('more than 1500 intervals')
})

async function openFailing(clock: FakeClock, delivery: object) {
  const receiver = await openReceiver({ respond: 500 })
  const { leadhooks, settledCount } = await openLeadhooks({
    clock,
    delivery: { circuit: false, ...delivery },
  })
  const { webhook } = await leadhooks.webhooks.create({
    organizationId,
    url: receiver.url,
    concurrency: 1,
    retry: { delaysMs: Array.from({ length: 20 }, () => minuteMs) },
  })
  leadhooks.startWorker()
  await dispatch(leadhooks, 1)
  return { leadhooks, settledCount, ids: { organizationId, id: webhook.id } }
}

test('a webhook is healthy, degraded, failing, with the evidence, and how long it has left at this rate', async () => {
  const clock = fakeClock()
  const { leadhooks, settledCount, ids } = await openFailing(clock, {
    autoDisable: { consecutiveFailures: 20 },
  })
  const waitFor = async (failures: number): Promise<void> => {
    while ((await leadhooks.webhooks.health(ids)).consecutiveFailures < failures) {
      await clock.advance(1000)
    }
  }
  await whileTimePasses(clock, settledCount(1))
  await letSettle(clock)
  expect(await leadhooks.webhooks.health(ids)).toMatchObject({
    status: 'healthy',
    evidence: [],
    forecast: null,
  })
  await waitFor(5)
  const degraded = await leadhooks.webhooks.health(ids)
  expect(degraded).toMatchObject({
    status: 'degraded',
    evidence: [{ reason: 'failing_in_a_row', message: 'The last 5 attempts failed' }],
    forecast: {
      message: expect.stringMatching(/^Will be disabled in about 1\d min at this rate$/) as string,
    },
    recent: { attempts: 5, failed: 5, successRate: 0 },
  })
  await waitFor(10)
  const failing = await leadhooks.webhooks.health(ids)
  expect(failing).toMatchObject({ status: 'failing', consecutiveFailures: 10 })
  expect(failing.evidence.map(({ reason }) => reason)).toEqual(['failing_in_a_row', 'mostly_failing'])
  const left = (failing.forecast?.disabledAt.getTime() ?? 0) - clock.now()
  expect(left / minuteMs).toBeGreaterThan(8)
  expect(left / minuteMs).toBeLessThan(12)
  const { data } = await leadhooks.analytics.byWebhook({ organizationId })
  expect(data[0]).toMatchObject({ status: 'failing', evidence: failing.evidence })
  expect((await leadhooks.analytics.summary({ organizationId })).webhooks).toMatchObject({
    failing: 1,
    active: 1,
  })
  await waitFor(20)
  expect(await leadhooks.webhooks.health(ids)).toMatchObject({
    enabled: false,
    status: 'failing',
    evidence: [{ reason: 'disabled' }, {}, {}],
    forecast: null,
  })
  const { webhooks } = await leadhooks.analytics.summary({ organizationId })
  expect(webhooks).toEqual({ total: 1, active: 0, healthy: 0, degraded: 0, failing: 1 })
  await letSettle(clock)
})

test('where a time of nothing but failures switches off, the forecast is when that is over', async () => {
  const clock = fakeClock()
  const { leadhooks, ids } = await openFailing(clock, { autoDisable: { failingForMs: 6 * hourMs } })
  while ((await leadhooks.webhooks.health(ids)).consecutiveFailures < 3) await clock.advance(1000)
  const { forecast, failingSince } = await leadhooks.webhooks.health(ids)
  expect(forecast?.message).toBe('Will be disabled in about 6 h at this rate')
  const left = (forecast?.disabledAt.getTime() ?? 0) - (failingSince?.getTime() ?? 0)
  expect(Math.abs(left - 6 * hourMs)).toBeLessThanOrEqual(1)
  await letSettle(clock)
})

test('housekeeping removes minutes that are too old, and what they add up to stays', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  const receiver = await openReceiver()
  const { leadhooks, settledCount } = await openLeadhooks({ clock, storage })
  await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  const worker = leadhooks.startWorker()
  await dispatch(leadhooks, 3)
  await whileTimePasses(clock, settledCount(3))
  await letSettle(clock)
  const minutes = () =>
    storage.readRollups({
      organizationId,
      spans: [{ interval: 'minute', from: new Date(now), to: new Date(now + dayMs) }],
    })
  expect(await minutes()).toHaveLength(1)
  await worker.stop()
  await clock.advance(4 * dayMs)
  leadhooks.startWorker()
  await clock.advance(2 * minuteMs)
  expect(await minutes()).toEqual([])
  expect(await leadhooks.analytics.summary({ organizationId })).toMatchObject({ delivered: 3 })
  await letSettle(clock)
})
