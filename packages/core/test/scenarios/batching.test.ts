import { memoryStorage, type Webhook } from '@leadhooks/core'
import { fakeClock, hang, type ReceivedRequest } from '@leadhooks/core/testing'
import { verifySignature } from '@leadhooks/verify-signature'
import { describe, expect, test } from 'vitest'
import {
  dispatch,
  gate,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 7).toString('base64') }]
const ids = ({ id }: Webhook) => ({ organizationId, id })
const batch = { maxEvents: 5, maxWaitMs: 4000 }
const times = (count: number, text: string): string[] => Array.from({ length: count }, () => text)
const noJitter = { delaysMs: [1000, 2000], jitter: 0 }

interface Sent {
  id: string
  event: string
  timestamp: string
  data: { id: string; event: string; data: { n: number } }[]
}

const sent = ({ body }: ReceivedRequest): Sent => JSON.parse(body.toString()) as Sent
const numbers = (request: ReceivedRequest): number[] => sent(request).data.map(({ data }) => data.n)
const ascending = (a: number, b: number): number => a - b

describe('a webhook with batches', () => {
  test('gets as many events as it asks for by one signed request, at once', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const { secret } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
    leadhooks.startWorker()
    const startedAt = clock.now()
    await dispatch(leadhooks, 5)
    const [request] = await whileTimePasses(clock, receiver.received(1))
    expect(clock.now() - startedAt).toBeLessThan(100)
    if (request === undefined) throw new Error('It was sent')
    const { headers, body } = request
    const verified = verifySignature<Sent>({ payload: body, headers, secret, now: clock.now() })
    expect(verified).toEqual(sent(request))
    expect(verified).toMatchObject({ event: 'batch', id: headers['webhook-id'] })
    expect(verified.id).toMatch(/^bat_/)
    expect(numbers(request)).toEqual([0, 1, 2, 3, 4])
    expect(headers).toMatchObject({ 'x-webhook-event': 'batch', 'x-webhook-attempt': '1' })
    await letSettle(clock)
    const { data } = await leadhooks.deliveries.list({ organizationId })
    expect(verified.data.map(({ id }) => id).sort()).toEqual(data.map(({ eventId }) => eventId).sort())
    for (const delivery of data) {
      expect(delivery).toMatchObject({ status: 'delivered', attempts: 1 })
      const attempts = await leadhooks.deliveries.attempts({ organizationId, id: delivery.id })
      expect(attempts).toMatchObject([
        { statusCode: 200, responseBody: null, batch: { id: verified.id, size: 5 } },
      ])
    }
    expect(receiver.requests).toHaveLength(1)
  })

  test('gets fewer when the first of them has waited for long enough, and no attempt is spent on waiting', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
    leadhooks.startWorker()
    const startedAt = clock.now()
    await dispatch(leadhooks, 2)
    await letSettle(clock)
    expect(await leadhooks.webhooks.get(ids(webhook))).toMatchObject({
      waitsFor: 'batching',
      waitsUntil: new Date(startedAt + 1000),
    })
    await clock.advance(2000)
    await dispatch(leadhooks, 1)
    const [request] = await whileTimePasses(clock, receiver.received(1))
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(4000)
    expect(clock.now() - startedAt).toBeLessThan(4200)
    expect(request && numbers(request)).toEqual([0, 1, 0])
    expect(request?.headers['x-webhook-attempt']).toBe('1')
    await letSettle(clock)
    const { data } = await leadhooks.deliveries.list({ organizationId })
    expect(data.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(times(3, 'delivered 1'))
  })

  test('gets what comes bit by bit as soon as there is enough of it, a quarter of its time late at most', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
    leadhooks.startWorker()
    const startedAt = clock.now()
    for (let n = 0; n < 5; n++) {
      await dispatch(leadhooks)
      await clock.advance(100)
    }
    const [request] = await whileTimePasses(clock, receiver.received(1))
    expect(clock.now() - startedAt).toBeLessThan(1200)
    expect(request && numbers(request)).toHaveLength(5)
    await letSettle(clock)
  })

  test('gets a backlog in full requests, and what is left of it in time', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    await leadhooks.webhooks.create({
      organizationId,
      url: receiver.url,
      batch: { ...batch, maxEvents: 300 },
    })
    await dispatch(leadhooks, 1000)
    leadhooks.startWorker()
    await whileTimePasses(clock, receiver.received(3))
    await letSettle(clock)
    expect(receiver.requests.map((request) => numbers(request).length)).toEqual([300, 300, 300])
    const last = (await whileTimePasses(clock, receiver.received(4)))[3]
    expect(last && numbers(last)).toHaveLength(100)
    await letSettle(clock)
    const all = receiver.requests.flatMap((request) => sent(request).data.map(({ id }) => id))
    expect(new Set(all).size).toBe(1000)
  })

  test('that fails is tried again as one, and what is then out of tries is given up by itself', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 500, 500, 200] })
    const { leadhooks } = await openLeadhooks({ clock })
    const settings = { organizationId, url: receiver.url, batch, retry: noJitter, circuit: false as const }
    await leadhooks.webhooks.create(settings)
    leadhooks.startWorker()
    await dispatch(leadhooks, 4)
    await whileTimePasses(clock, receiver.received(2))
    // Another one comes, and goes along with those that are tried for the last time.
    await letSettle(clock)
    await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { n: 4 } })
    const tries = await whileTimePasses(clock, receiver.received(3))
    expect(tries.map((request) => numbers(request).sort(ascending))).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
    ])
    expect(tries.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '2', '3'])
    expect(new Set(tries.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
    await letSettle(clock)
    const list = async () => (await leadhooks.deliveries.list({ organizationId })).data
    expect((await list()).map(({ status, reason }) => `${status} ${reason}`).sort()).toEqual([
      ...times(4, 'dead_letter exhausted'),
      'retrying null',
    ])
    const alone = (await whileTimePasses(clock, receiver.received(4)))[3]
    expect(alone && numbers(alone)).toEqual([4])
    await letSettle(clock)
    expect((await list()).filter(({ status }) => status === 'delivered')).toHaveLength(1)
  })

  test('has jitter once for all that failed together', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 200] })
    let drawn = 0
    const random = (): number => (drawn++ % 10) / 10
    const { leadhooks } = await openLeadhooks({ clock, random })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
    leadhooks.startWorker()
    await dispatch(leadhooks, 5)
    const [, again] = await whileTimePasses(clock, receiver.received(2))
    expect(again && numbers(again).sort(ascending)).toEqual([0, 1, 2, 3, 4])
    await letSettle(clock)
  })

  test('counts as one request where it is throttled, and where it fails', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 500, 200] })
    const { leadhooks, observed } = await openLeadhooks({ clock })
    const throttle = { requests: 2, perMs: 60_000 }
    const circuit = { failures: 3, spanMs: 0 }
    const settings = { organizationId, url: receiver.url, batch, throttle, circuit, retry: noJitter }
    const { webhook } = await leadhooks.webhooks.create(settings)
    leadhooks.startWorker()
    await dispatch(leadhooks, 10)
    await whileTimePasses(clock, receiver.received(2))
    await letSettle(clock)
    expect(await leadhooks.webhooks.health(ids(webhook))).toMatchObject({
      circuitState: 'closed',
      consecutiveFailures: 2,
    })
    expect(observed.filter(({ type }) => type === 'webhook.circuit_opened')).toEqual([])
    await clock.advance(29_000)
    expect(receiver.requests).toHaveLength(2)
    await whileTimePasses(clock, receiver.received(4))
    await letSettle(clock)
  })

  test('leaves out what its filter does, and what was cancelled', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const filter = { n: { $gte: 190 } }
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch, filter })
    await dispatch(leadhooks, 198)
    leadhooks.startWorker()
    const [request] = await whileTimePasses(clock, receiver.received(1))
    expect(request && numbers(request)).toEqual([190, 191, 192, 193, 194])
    await letSettle(clock)
    const { data: waiting } = await leadhooks.deliveries.list({ organizationId, status: 'pending' })
    expect(waiting).toHaveLength(3)
    const [one] = waiting
    await leadhooks.deliveries.cancel({ organizationId, id: one?.id ?? '' })
    const [, rest] = await whileTimePasses(clock, receiver.received(2))
    expect(rest && numbers(rest)).toHaveLength(2)
    await letSettle(clock)
  })

  test('that is cancelled in mid-request for one event has that attempt, and goes on for the others', async () => {
    const clock = fakeClock()
    const { opened, open } = gate()
    const receiver = await openReceiver({
      respond: (_request, response) => void opened.then(() => response.end()),
    })
    const { leadhooks } = await openLeadhooks({ clock })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
    leadhooks.startWorker()
    await dispatch(leadhooks, 5)
    await whileTimePasses(clock, receiver.received(1))
    const { data } = await leadhooks.deliveries.list({ organizationId })
    const cancelled = { organizationId, id: data[0]?.id ?? '' }
    await leadhooks.deliveries.cancel(cancelled)
    open()
    await letSettle(clock)
    const after = (await leadhooks.deliveries.list({ organizationId })).data
    expect(after.map(({ status }) => status).sort()).toEqual(['cancelled', ...times(4, 'delivered')])
    expect(await leadhooks.deliveries.attempts(cancelled)).toMatchObject([
      { outcome: 'superseded', batch: { size: 5 } },
    ])
  })

  test('that answers 410 has all of them as dead letters, and is switched off once', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [410] })
    const { leadhooks, observed } = await openLeadhooks({ clock })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
    leadhooks.startWorker()
    await dispatch(leadhooks, 5)
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    const { data } = await leadhooks.deliveries.list({ organizationId })
    expect(data.map(({ status, reason }) => `${status} ${reason}`)).toEqual(times(5, 'dead_letter gone'))
    expect((await leadhooks.webhooks.get(ids(webhook))).disabledReason).toBe('gone')
    expect(observed.filter(({ type }) => type === 'webhook.disabled')).toHaveLength(1)
  })

  test('keeps the order of each key: a request has one event of it at most', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch, ordered: true })
    for (let n = 0; n < 3; n++)
      for (const orderingKey of ['a', 'b'])
        await leadhooks.dispatchEvent({
          organizationId,
          type: 'new_lead',
          data: { n, orderingKey },
          orderingKey,
        })
    leadhooks.startWorker()
    const requests = await whileTimePasses(clock, receiver.received(3))
    expect(requests.map(numbers)).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
    await letSettle(clock)
  })

  test('goes event by event as soon as it is told so, also what waited', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const long = { maxEvents: 100, maxWaitMs: 300_000 }
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch: long })
    leadhooks.startWorker()
    await dispatch(leadhooks, 3)
    await letSettle(clock)
    expect(receiver.requests).toHaveLength(0)
    await leadhooks.webhooks.update({ ...ids(webhook), batch: null })
    const requests = await whileTimePasses(clock, receiver.received(3))
    expect(requests.map((request) => sent(request).event)).toEqual(times(3, 'new_lead'))
    await letSettle(clock)
    const { data } = await leadhooks.deliveries.list({ organizationId, limit: 1 })
    const attempts = await leadhooks.deliveries.attempts({ organizationId, id: data[0]?.id ?? '' })
    expect(attempts).toMatchObject([{ batch: null, responseBody: '' }])
  })

  test('takes what waits in a maintenance window along when that is over', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const startsAt = new Date(clock.now()).toISOString()
    const maintenance = [{ startsAt, endsAt: new Date(clock.now() + 60_000).toISOString() }]
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch, maintenance })
    leadhooks.startWorker()
    await dispatch(leadhooks, 3)
    await letSettle(clock)
    await clock.advance(59_000)
    expect(receiver.requests).toHaveLength(0)
    const [request] = await whileTimePasses(clock, receiver.received(1))
    expect(request && numbers(request)).toEqual([0, 1, 2])
    await letSettle(clock)
  })

  test('loses nothing when its worker is stopped: what waits and what is cut off goes from the next one', async () => {
    const clock = fakeClock()
    const storage = memoryStorage()
    const receiver = await openReceiver({ respond: [hang, 200, 200] })
    const shared = { clock, storage, encryptionKeys }
    const here = await openLeadhooks(shared)
    const { webhook } = await here.leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
    const worker = here.leadhooks.startWorker()
    await dispatch(here.leadhooks, 7)
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    expect((await here.leadhooks.webhooks.get(ids(webhook))).waitsFor).toBe('batching')
    await whileTimePasses(clock, worker.stop({ timeoutMs: 10 }))
    const { data: waiting } = await here.leadhooks.deliveries.list({ organizationId })
    expect(waiting.map(({ status, attempts }) => `${status} ${attempts}`).sort()).toEqual([
      'pending 0',
      'pending 0',
      ...times(5, 'retrying 1'),
    ])
    const there = await openLeadhooks(shared)
    there.leadhooks.startWorker()
    const [, second, third] = await whileTimePasses(clock, receiver.received(3))
    const all = [second, third].flatMap((request) => (request === undefined ? [] : numbers(request)))
    expect(all.sort(ascending)).toEqual([0, 1, 2, 3, 4, 5, 6])
    await letSettle(clock)
  })

  test('loses nothing when its worker vanishes: the lost ones go as one again', async () => {
    const clock = fakeClock()
    const storage = memoryStorage()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock, storage })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
    await dispatch(leadhooks, 5)
    const now = new Date(clock.now())
    await storage.claimDeliveries({ limit: 10, leaseMs: 1000, room: new Map(), defaultConcurrency: 10, now })
    await clock.advance(1000)
    leadhooks.startWorker()
    const [request] = await whileTimePasses(clock, receiver.received(1))
    expect(request && numbers(request)).toHaveLength(5)
    expect(request?.headers['x-webhook-attempt']).toBe('2')
    await letSettle(clock)
    const { data } = await leadhooks.deliveries.list({ organizationId, limit: 1 })
    const attempts = await leadhooks.deliveries.attempts({ organizationId, id: data[0]?.id ?? '' })
    expect(attempts).toMatchObject([
      { outcome: 'lost', batch: null },
      { outcome: 'succeeded', batch: { size: 5 } },
    ])
  })

  test('that is slow keeps no other webhook waiting, however many events it is sent', async () => {
    const clock = fakeClock()
    const { opened, open } = gate()
    const slow = await openReceiver({
      respond: (_request, response) => void opened.then(() => response.end()),
    })
    const quick = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock, delivery: { concurrency: 4 } })
    await leadhooks.webhooks.create({
      organizationId,
      url: slow.url,
      batch: { maxEvents: 500, maxWaitMs: 1000 },
      eventTypes: ['new_lead'],
    })
    await leadhooks.webhooks.create({ organizationId, url: quick.url, eventTypes: ['other'] })
    leadhooks.startWorker()
    await dispatch(leadhooks, 500)
    await whileTimePasses(clock, slow.received(1))
    const startedAt = clock.now()
    for (let n = 0; n < 30; n++) await leadhooks.dispatchEvent({ organizationId, type: 'other', data: { n } })
    await whileTimePasses(clock, quick.received(30))
    expect(clock.now() - startedAt).toBeLessThan(3000)
    open()
    await letSettle(clock)
  })

  test('makes no request longer than a megabyte of events', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    await leadhooks.webhooks.create({
      organizationId,
      url: receiver.url,
      batch: { maxEvents: 100, maxWaitMs: 1000 },
    })
    const data = 'x'.repeat(200_000)
    for (let n = 0; n < 11; n++) await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data })
    leadhooks.startWorker()
    const requests = await whileTimePasses(clock, receiver.received(3))
    expect(requests.map((request) => sent(request).data.length).sort(ascending)).toEqual([1, 5, 5])
    await letSettle(clock)
  })

  test.each([
    ['standard', 'application/json'],
    ['cloudevents', 'application/cloudevents-batch+json'],
    ['data', 'application/json'],
  ] as const)('has a form of its own for the format %s', async (format, contentType) => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const settings = { organizationId, url: receiver.url, batch: { maxEvents: 2, maxWaitMs: 1000 }, format }
    const { secret } = await leadhooks.webhooks.create(settings)
    leadhooks.startWorker()
    const events = await leadhooks.dispatchEvents([
      { organizationId, type: 'new_lead', data: { n: 1 } },
      { organizationId, type: 'new_lead', data: { n: 2 } },
    ])
    const [request] = await whileTimePasses(clock, receiver.received(1))
    const payload = request?.body ?? ''
    const verified = verifySignature({ payload, headers: request?.headers ?? {}, secret, now: clock.now() })
    expect(request?.headers['content-type']).toBe(contentType)
    const type = 'new_lead'
    const [a, b] = events.map(({ event: { id, createdAt } }) => ({ id, time: createdAt.toISOString() }))
    const item = (one: typeof a, n: number) => ({ id: one?.id, type, timestamp: one?.time, data: { n } })
    const cloud = (one: typeof a, n: number) => ({
      specversion: '1.0',
      id: one?.id,
      source: '/organizations/acme',
      type,
      time: one?.time,
      datacontenttype: 'application/json',
      data: { n },
    })
    const expected = {
      standard: { type: 'batch', timestamp: expect.any(String), data: [item(a, 1), item(b, 2)] },
      cloudevents: [cloud(a, 1), cloud(b, 2)],
      data: [{ n: 1 }, { n: 2 }],
    }
    expect(verified).toEqual(expected[format])
    await letSettle(clock)
  })

  test('is tested with a batch of one example', async () => {
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks()
    const { webhook, secret } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
    const tested = await leadhooks.webhooks.test({ ...ids(webhook), eventType: 'new_lead', data: { n: 7 } })
    const [request] = receiver.requests
    if (request === undefined) throw new Error('It was sent')
    expect(numbers(request)).toEqual([7])
    verifySignature({ payload: request.body, headers: request.headers, secret })
    const { headers, body } = tested.request
    expect(headers['x-webhook-event']).toBe('batch')
    expect(tested.signedContent).toBe(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
  })

  test.each([
    [{ maxEvents: 1, maxWaitMs: 1000 }, '/batch/maxEvents'],
    [{ maxEvents: 1001, maxWaitMs: 1000 }, '/batch/maxEvents'],
    [{ maxEvents: 10, maxWaitMs: 99 }, '/batch/maxWaitMs'],
    [{ maxEvents: 10, maxWaitMs: 300_001 }, '/batch/maxWaitMs'],
    [{ maxEvents: 10 }, '/batch/maxWaitMs'],
  ])('that makes no sense is refused: %j', async (wrong, pointer) => {
    const { leadhooks } = await openLeadhooks()
    const refused = leadhooks.webhooks.create({
      organizationId,
      url: 'https://example.com',
      batch: wrong as never,
    })
    await expect(refused).rejects.toMatchObject({ code: 'invalid_request', issues: [{ pointer }] })
  })
})
