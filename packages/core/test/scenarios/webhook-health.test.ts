import { LeadhooksError, memoryStorage, type Observation } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import {
  dispatch,
  gate,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const circuit = { failures: 3, spanMs: 0, firstProbeMs: 30_000, longestProbeMs: 60_000 }
const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 7).toString('base64') }]
const retry = { delaysMs: Array.from({ length: 20 }, () => 1000) }

test('a receiver that fails is left alone but for probes, and gets everything when it is back', async () => {
  const clock = fakeClock()
  let isDown = true
  const receiver = await openReceiver({ respond: () => (isDown ? 500 : 200) })
  const { leadhooks, settledCount, observed } = await openLeadhooks({
    clock,
    delivery: { circuit, retry, webhookConcurrency: 1 },
  })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  await dispatch(leadhooks, 5)
  await whileTimePasses(clock, receiver.received(3))
  await clock.advance(10)
  // One more may have been on its way.
  const sent = receiver.requests.length
  expect(sent).toBeLessThanOrEqual(4)
  await clock.advance(10_000)
  expect(receiver.requests).toHaveLength(sent)
  expect(await leadhooks.webhooks.health(ids(webhook))).toMatchObject({
    circuitState: 'open',
    waitsFor: 'circuit',
    consecutiveFailures: sent,
  })

  await whileTimePasses(clock, receiver.received(sent + 1))
  await clock.advance(50_000)
  expect(receiver.requests, 'One probe, and the next one only after twice the time').toHaveLength(sent + 1)

  isDown = false
  await whileTimePasses(clock, settledCount(sent + 1 + 5))
  expect(await leadhooks.webhooks.health(ids(webhook))).toMatchObject({
    circuitState: 'closed',
    waitsUntil: null,
    consecutiveFailures: 0,
    failingSince: null,
  })
  expect(ofWebhooks(observed).map(({ type }) => type)).toEqual([
    'webhook.circuit_opened',
    'webhook.recovered',
  ])
  const { data } = await leadhooks.deliveries.list({ organizationId })
  expect(
    data.reduce((sum, { attempts }) => sum + attempts, 0),
    'Waiting spends no attempt',
  ).toBe(sent + 1 + 5)
  expect(data.map(({ status }) => status)).toEqual(Array(5).fill('delivered'))
})

test('a webhook that is given another URL has nothing against it any more', async () => {
  const clock = fakeClock()
  const [broken, repaired] = [await openReceiver({ respond: 500 }), await openReceiver()]
  const { leadhooks } = await openLeadhooks({ clock, delivery: { circuit, retry, webhookConcurrency: 1 } })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: broken.url })
  leadhooks.startWorker()
  await dispatch(leadhooks, 5)
  await whileTimePasses(clock, broken.received(3))
  await clock.advance(5000)
  expect(await leadhooks.webhooks.health(ids(webhook))).toMatchObject({ circuitState: 'open' })
  await leadhooks.webhooks.update({ ...ids(webhook), url: repaired.url })
  expect(await leadhooks.webhooks.health(ids(webhook))).toMatchObject({
    circuitState: 'closed',
    waitsUntil: null,
    consecutiveFailures: 0,
  })
  const before = clock.now()
  await whileTimePasses(clock, repaired.received(5))
  expect(clock.now() - before).toBeLessThan(2000)
  await letSettle(clock)
})

test('what a former URL still answers is not held against the webhook', async () => {
  const clock = fakeClock()
  const { opened, open } = gate()
  const [broken, repaired] = [
    await openReceiver({
      respond: (_request, response) => void opened.then(() => response.writeHead(500).end()),
    }),
    await openReceiver(),
  ]
  const { leadhooks, settledCount } = await openLeadhooks({ clock, delivery: { circuit, retry } })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: broken.url })
  leadhooks.startWorker()
  await dispatch(leadhooks, 5)
  await whileTimePasses(clock, broken.received(5))
  await leadhooks.webhooks.update({ ...ids(webhook), url: repaired.url })
  open()
  await whileTimePasses(clock, settledCount(5))
  await letSettle(clock)
  expect(await leadhooks.webhooks.health(ids(webhook))).toMatchObject({ consecutiveFailures: 0 })
  await whileTimePasses(clock, repaired.received(5))
  await letSettle(clock)
})

test('what was claimed for a probe that cannot be noted is given back, and spends no attempt', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver()
  const storage = memoryStorage()
  const update = storage.updateWebhook.bind(storage)
  let isAway = true
  storage.updateWebhook = async (...args) => {
    if (isAway) throw new LeadhooksError('storage_unavailable', 'The database is gone')
    return update(...args)
  }
  const { leadhooks, settledCount } = await openLeadhooks({ clock, storage, delivery: { circuit, retry } })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  await update(ids(webhook), { circuitState: 'open', waitsUntil: new Date(clock.now()), waitsFor: 'circuit' })
  await dispatch(leadhooks)
  leadhooks.startWorker()
  await clock.advance(60_000)
  expect(receiver.requests).toHaveLength(0)
  isAway = false
  const [settled] = await whileTimePasses(clock, settledCount(1))
  expect(settled).toMatchObject({ status: 'delivered', attempt: { number: 1 } })
  await letSettle(clock)
})

test('two workers share one circuit: of both together one probe goes out', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver({ respond: 500 })
  const storage = memoryStorage()
  const options = { clock, storage, encryptionKeys, delivery: { circuit, retry } }
  const [here, there] = [await openLeadhooks(options), await openLeadhooks(options)]
  await here.leadhooks.webhooks.create({ organizationId, url: receiver.url, circuit, concurrency: 3 })
  await dispatch(here.leadhooks, 50)
  here.leadhooks.startWorker()
  await whileTimePasses(clock, receiver.received(3))
  await clock.advance(5000)
  const before = receiver.requests.length
  there.leadhooks.startWorker()
  await clock.advance(20_000)
  expect(receiver.requests).toHaveLength(before)
  await whileTimePasses(clock, receiver.received(before + 1))
  await clock.advance(20_000)
  expect(receiver.requests).toHaveLength(before + 1)
  await letSettle(clock)
})

test.each([
  { status: 429, retryAfter: '20', consecutiveFailures: 0 },
  { status: 503, retryAfter: '20', consecutiveFailures: 1 },
])(
  'a receiver that answers $status gets nothing before the time that it names, by any worker',
  async (answer) => {
    const { status, retryAfter, consecutiveFailures } = answer
    const clock = fakeClock()
    const receiver = await openReceiver({
      respond: [{ status, headers: { 'retry-after': retryAfter } }, 200],
    })
    const storage = memoryStorage()
    const options = { clock, storage, encryptionKeys, delivery: { retry } }
    const [here, there] = [await openLeadhooks(options), await openLeadhooks(options)]
    const { webhook } = await here.leadhooks.webhooks.create({
      organizationId,
      url: receiver.url,
      concurrency: 1,
    })
    here.leadhooks.startWorker()
    await dispatch(here.leadhooks)
    await whileTimePasses(clock, here.settledCount(1))
    await clock.advance(10)
    there.leadhooks.startWorker()
    await dispatch(there.leadhooks, 3)
    await clock.advance(19_000)
    expect(receiver.requests).toHaveLength(1)
    expect(await here.leadhooks.webhooks.health(ids(webhook))).toMatchObject({
      waitsFor: 'paused',
      consecutiveFailures,
    })
    await whileTimePasses(clock, receiver.received(5))
    await letSettle(clock)
    const { data } = await here.leadhooks.deliveries.list({ organizationId })
    const attempts = data.map((delivery) => delivery.attempts)
    expect(attempts, 'Waiting spends no attempt').toEqual([1, 1, 1, 2])
  },
)

test('a webhook that only fails is switched off, with an entry in the audit log, and holds what comes until it is enabled', async () => {
  const clock = fakeClock()
  let isDown = true
  const receiver = await openReceiver({ respond: () => (isDown ? 500 : 200) })
  const { leadhooks, settledCount, observed } = await openLeadhooks({
    clock,
    delivery: { circuit: false, retry, autoDisable: { consecutiveFailures: 4 } },
  })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  await dispatch(leadhooks)
  await whileTimePasses(clock, receiver.received(4))
  await clock.advance(60_000)
  expect(receiver.requests).toHaveLength(4)
  expect(await leadhooks.webhooks.get(ids(webhook))).toMatchObject({
    enabled: false,
    disabledReason: 'failing',
  })
  const { data: entries } = await leadhooks.audit.list({ organizationId })
  expect(entries.map(({ action, actor }) => [action, actor.id])).toEqual([
    ['webhook.disabled', 'worker'],
    ['webhook.created', 'host'],
  ])
  expect(ofWebhooks(observed)).toMatchObject([
    { type: 'webhook.failing', percent: 50 },
    { type: 'webhook.failing', percent: 70 },
    { type: 'webhook.failing', percent: 100, consecutiveFailures: 4 },
    { type: 'webhook.disabled', reason: 'failing', webhookId: webhook.id },
  ])

  await dispatch(leadhooks, 2)
  isDown = false
  await leadhooks.webhooks.enable(ids(webhook))
  await whileTimePasses(clock, settledCount(7))
  const { data } = await leadhooks.deliveries.list({ organizationId })
  expect(data.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered'])
})

function ids({ id }: { id: string }): { organizationId: string; id: string } {
  return { organizationId, id }
}

function ofWebhooks(observed: readonly Observation[]): Observation[] {
  return observed.filter(({ type }) => type.startsWith('webhook.'))
}

test.each([
  ['all', [0, 1, 2]],
  ['none', []],
  [{ since: new Date('2026-01-01T00:02:00Z') }, [2]],
] as const)('a webhook that is enabled again resumes %j of what waited', async (resume, resumed) => {
  const clock = fakeClock()
  const receiver = await openReceiver({ respond: [410, 200] })
  const { leadhooks } = await openLeadhooks({ clock })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  await dispatch(leadhooks)
  await whileTimePasses(clock, receiver.received(1))
  await letSettle(clock)
  for (const minute of [0, 1, 2]) {
    await clock.advance(Date.parse(`2026-01-01T00:0${minute}:30Z`) - clock.now())
    await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { minute } })
  }
  const ids = { organizationId, id: webhook.id }
  expect(await leadhooks.webhooks.enable({ ...ids, resume })).toMatchObject({ enabled: true })
  await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { minute: 9 } })
  await whileTimePasses(clock, receiver.received(2 + resumed.length))
  await letSettle(clock)
  const bodies = receiver.requests.slice(1).map(({ body }) => JSON.parse(String(body)) as { data: unknown })
  expect(new Set(bodies.map(({ data }) => data))).toEqual(
    new Set([...resumed, 9].map((minute) => ({ minute }))),
  )
  const { data } = await leadhooks.deliveries.list({ organizationId, status: 'cancelled' })
  expect(data.map(({ reason }) => reason)).toEqual(
    Array.from({ length: 3 - resumed.length }, () => 'by_user'),
  )
})

test('of a webhook that is on already nothing is cancelled, whatever is to be resumed', async () => {
  const { leadhooks } = await openLeadhooks()
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: 'https://example.com' })
  await dispatch(leadhooks, 3)
  await leadhooks.webhooks.enable({ organizationId, id: webhook.id, resume: 'none' })
  expect((await leadhooks.deliveries.list({ organizationId, status: 'pending' })).data).toHaveLength(3)
  const foreign = leadhooks.webhooks.enable({ organizationId: 'other', id: webhook.id, resume: 'none' })
  await expect(foreign).rejects.toMatchObject({ code: 'not_found' })
})

test('to enable a webhook that is on leaves its circuit and its failures as they are', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver({ respond: 500 })
  const { leadhooks } = await openLeadhooks({ clock, delivery: { circuit, retry } })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  await dispatch(leadhooks, 3)
  await whileTimePasses(clock, receiver.received(3))
  await letSettle(clock)
  const health = await leadhooks.webhooks.health(ids(webhook))
  expect(health).toMatchObject({ circuitState: 'open', waitsFor: 'circuit' })
  await leadhooks.webhooks.enable(ids(webhook))
  await leadhooks.webhooks.update({ ...ids(webhook), enabled: true, name: 'The same' })
  expect(await leadhooks.webhooks.health(ids(webhook))).toEqual(health)
  await leadhooks.webhooks.disable(ids(webhook))
  await leadhooks.webhooks.enable(ids(webhook))
  expect(await leadhooks.webhooks.health(ids(webhook))).toMatchObject({
    circuitState: 'closed',
    consecutiveFailures: 0,
  })
  await leadhooks.webhooks.disable(ids(webhook))
  await letSettle(clock)
})
