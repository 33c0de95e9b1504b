import { type LeadhooksOptions, memoryStorage, type ShapeInput, type Storage } from '@leadhooks/core'
import { fakeClock, type ScriptedReceiver } from '@leadhooks/core/testing'
import { verifySignature } from '@leadhooks/verify-signature'
import { describe, expect, test } from 'vitest'
import { gate, letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 7).toString('base64') }]
const contact = { email: 'ada@example.com', phone: null }
const data = { name: 'Ada', contact, amount: 1200 }
const event = { organizationId, id: 'lead-1', type: 'new_lead', data }

const bodiesOf = ({ requests }: ScriptedReceiver): string[] => requests.map(({ body }) => String(body))
const only = (texts: readonly string[]): unknown => JSON.parse(texts[0] ?? '')

/** How often each method that writes or reads bodies was called. */
function counting(storage: Storage = memoryStorage()) {
  const calls = { keepBodies: 0, findBody: 0 }
  const keepBodies: Storage['keepBodies'] = async (bodies) => {
    calls.keepBodies++
    return storage.keepBodies(bodies)
  }
  return { calls, storage: { ...storage, keepBodies } }
}

describe('the format of a webhook', () => {
  test.each([
    ['leadhooks', 'application/json', { id: 'lead-1', event: 'new_lead' }],
    ['standard', 'application/json', { type: 'new_lead' }],
    [
      'cloudevents',
      'application/cloudevents+json',
      {
        specversion: '1.0',
        id: 'lead-1',
        source: 'https://crm.example/organizations/acme',
        type: 'new_lead',
        datacontenttype: 'application/json',
      },
    ],
  ] as const)('%s lays out its bodies, and signs what is sent', async (format, contentType, fields) => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const delivery = { cloudEventsSource: 'https://crm.example' }
    const { leadhooks } = await openLeadhooks({ clock, delivery })
    const { webhook, secret } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, format })
    expect(webhook.format).toBe(format)
    leadhooks.startWorker()
    const { event: dispatched } = await leadhooks.dispatchEvent(event)
    const [request] = await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    const { headers = {}, body: payload = '' } = request ?? {}
    const time = dispatched.createdAt.toISOString()
    const timestamp = format === 'cloudevents' ? { time } : { timestamp: time }
    const now = new Date(clock.now())
    expect(verifySignature({ payload, headers, secret, now })).toEqual({ ...fields, ...timestamp, data })
    expect(headers['content-type']).toBe(contentType)
    expect(headers['webhook-id']).toBe('lead-1')
    const [shown] = (await leadhooks.deliveries.list({ organizationId })).data
    const ids = { organizationId, id: shown?.id ?? '' }
    expect(await leadhooks.deliveries.body(ids)).toEqual({ contentType, body: String(payload) })
  })

  test('`data` sends the data alone, which a mapping can make a body of any form', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const mapping = {
      text: 'data.name',
      channel: { $value: '#leads' },
      phone: { $field: 'data.phone', $else: null },
    }
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, format: 'data', mapping })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent(event)
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    expect(bodiesOf(receiver)).toEqual(['{"text":"Ada","channel":"#leads","phone":null}'])
  })
})

describe('a body', () => {
  test('stays as it was made, whatever becomes of the webhook, on every attempt and every replay', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 500, 200] })
    const { leadhooks, settledCount } = await openLeadhooks({ clock })
    const mapping = { mail: 'data.contact.email' }
    const settings = { organizationId, url: receiver.url, format: 'cloudevents' as const, mapping }
    const { webhook } = await leadhooks.webhooks.create(settings)
    const ids = { organizationId, id: webhook.id }
    leadhooks.startWorker()
    await leadhooks.dispatchEvent(event)
    await whileTimePasses(clock, settledCount(1))
    await leadhooks.webhooks.update({ ...ids, format: 'standard', mapping: { name: 'data.name' } })
    await whileTimePasses(clock, settledCount(2))
    await leadhooks.webhooks.update({ ...ids, format: 'leadhooks', mapping: null, filter: { mail: 'none' } })
    await whileTimePasses(clock, settledCount(3))
    const [delivery] = (await leadhooks.deliveries.list({ organizationId })).data
    await leadhooks.deliveries.replay({ organizationId, id: delivery?.id ?? '' })
    await whileTimePasses(clock, settledCount(4))
    await letSettle(clock)
    const bodies = bodiesOf(receiver)
    expect(bodies).toHaveLength(4)
    expect(new Set(bodies).size).toBe(1)
    expect(only(bodies)).toMatchObject({ specversion: '1.0', data: { mail: 'ada@example.com' } })
    expect(new Set(receiver.requests.map(({ headers }) => headers['content-type']))).toEqual(
      new Set(['application/cloudevents+json']),
    )
  })

  test('that went out before the webhook had a format goes out so again', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 200] })
    const { leadhooks, settledCount } = await openLeadhooks({ clock })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent(event)
    await whileTimePasses(clock, settledCount(1))
    await leadhooks.webhooks.update({ organizationId, id: webhook.id, format: 'standard' })
    await whileTimePasses(clock, settledCount(2))
    await letSettle(clock)
    expect(new Set(bodiesOf(receiver)).size).toBe(1)
    expect(only(bodiesOf(receiver))).toMatchObject({ event: 'new_lead' })
  })

  test('that was never kept, since its worker vanished first, is made by the next one', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const storage = memoryStorage()
    const hung = gate()
    const shared = { clock, storage, encryptionKeys }
    const first = await openLeadhooks({
      ...shared,
      storage: {
        ...storage,
        renewLeases: async () => [],
        keepBodies: async () => hung.opened.then(() => [false]),
      },
    })
    await first.leadhooks.webhooks.create({ organizationId, url: receiver.url, format: 'standard' })
    await first.leadhooks.dispatchEvent(event)
    const worker = first.leadhooks.startWorker()
    await clock.advance(1000)
    const second = await openLeadhooks(shared)
    second.leadhooks.startWorker()
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    expect(only(bodiesOf(receiver))).toEqual({
      type: 'new_lead',
      timestamp: expect.any(String) as string,
      data,
    })
    const [delivery] = (await second.leadhooks.deliveries.list({ organizationId })).data
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 2 })
    hung.open()
    await whileTimePasses(clock, worker.stop())
    expect(receiver.requests).toHaveLength(1)
  })

  test('of a delivery that somebody else has by then is not sent', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const storage = memoryStorage()
    let asked = 0
    const keepBodies: Storage['keepBodies'] = async (bodies) =>
      asked++ === 0 ? bodies.map(() => false) : storage.keepBodies(bodies)
    const { leadhooks } = await openLeadhooks({ clock, storage: { ...storage, keepBodies } })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, format: 'data' })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent(event)
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    expect(bodiesOf(receiver)).toEqual([JSON.stringify(data)])
    expect(asked).toBe(2)
  })

  test('of a webhook that wants nothing made of it is kept nowhere', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 200] })
    const { storage, calls } = counting()
    const { leadhooks, settledCount } = await openLeadhooks({ clock, storage })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, filter: { name: 'Ada' } })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent(event)
    await whileTimePasses(clock, settledCount(2))
    await letSettle(clock)
    expect(calls.keepBodies).toBe(0)
  })

  test('is kept by one statement with those of other webhooks', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { storage, calls } = counting()
    const { leadhooks } = await openLeadhooks({ clock, storage })
    for (let n = 0; n < 12; n++)
      await leadhooks.webhooks.create({ organizationId, url: `${receiver.url}/${n}`, format: 'standard' })
    await leadhooks.dispatchEvents(Array.from({ length: 5 }, (_, n) => ({ ...event, id: `lead-${n}` })))
    leadhooks.startWorker()
    await whileTimePasses(clock, receiver.received(60))
    await letSettle(clock)
    expect(calls.keepBodies).toBeLessThan(12)
  })

  test('is filtered by the data of the event, and not by what is made of it', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks({ clock })
    const throttle = { requests: 1, perMs: 500 }
    const settings = { organizationId, url: receiver.url, throttle, mapping: { big: 'data.amount' } }
    await leadhooks.webhooks.create({ ...settings, filter: { amount: { $gte: 1000 } } })
    leadhooks.startWorker()
    const amounts = [1, 1000, 2000, 3000, 2]
    await leadhooks.dispatchEvents(
      amounts.map((amount) => ({ organizationId, type: 'new_lead', data: { amount } })),
    )
    // The throttle gives some back that were shaped by then: they are not filtered again.
    await whileTimePasses(clock, settledCount(5))
    await letSettle(clock)
    const sent = bodiesOf(receiver).map((body) => (JSON.parse(body) as { data: { big: number } }).data.big)
    expect(sent.sort((a, b) => a - b)).toEqual([1000, 2000, 3000])
  })

  test('that would be too long is given up at once, and says why', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks({ clock, limits: { maxBodyBytes: 2000 } })
    const mapping = { a: 'data.text', b: 'data.text', c: 'data.text' }
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, mapping })
    leadhooks.startWorker()
    const texts = ['é'.repeat(400), 'short']
    await leadhooks.dispatchEvents(
      texts.map((text) => ({ organizationId, type: 'new_lead', data: { text } })),
    )
    await whileTimePasses(clock, settledCount(2))
    await letSettle(clock)
    expect(receiver.requests).toHaveLength(1)
    const { data: dead } = await leadhooks.deliveries.list({ organizationId, status: 'dead_letter' })
    expect(dead).toMatchObject([{ reason: 'unshapeable', attempts: 0 }])
    expect(await leadhooks.deliveries.body({ organizationId, id: dead[0]?.id ?? '' })).toBeNull()
  })
})

describe('the function of the host', () => {
  type Shape = NonNullable<NonNullable<LeadhooksOptions['delivery']>['shape']>

  test('makes the data to send, of what the mapping has made, once for each delivery', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 500, 200] })
    const inputs: ShapeInput[] = []
    const shape: Shape = async (input) => {
      inputs.push(structuredClone(input))
      Object.assign(input.event, { type: 'changed' })
      input.webhook.eventTypes.push('changed')
      return Promise.resolve({ ...(input.data as object), count: inputs.length })
    }
    const { leadhooks, settledCount } = await openLeadhooks({ clock, delivery: { shape } })
    const settings = { organizationId, url: receiver.url, mapping: { who: 'data.name' } }
    const { webhook } = await leadhooks.webhooks.create(settings)
    const [one] = await leadhooks.dispatchEvents([event, { ...event, id: 'lead-2' }])
    leadhooks.startWorker()
    await whileTimePasses(clock, settledCount(4))
    await letSettle(clock)
    const { channels: _, orderingKey: _key, ...told } = { ...one?.event }
    expect(inputs[0]).toEqual({ event: told, webhook, data: { who: 'Ada' } })
    expect(inputs[1]).toMatchObject({ event: { id: 'lead-2' }, webhook })
    expect(inputs).toHaveLength(2)
    const sent = new Set(bodiesOf(receiver))
    expect([...sent].map((body) => JSON.parse(body) as unknown)).toMatchObject([
      { id: 'lead-1', event: 'new_lead', data: { who: 'Ada', count: 1 } },
      { id: 'lead-2', event: 'new_lead', data: { who: 'Ada', count: 2 } },
    ])
    expect(await leadhooks.webhooks.get({ organizationId, id: webhook.id })).toEqual(webhook)
  })

  test('that answers nothing leaves data as it is, also when it would answer something later', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 200] })
    const answers: unknown[] = [undefined, { later: true }]
    const shape: Shape = () => answers.shift()
    const storage = memoryStorage()
    const { leadhooks, settledCount } = await openLeadhooks({ clock, storage, delivery: { shape } })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent(event)
    await whileTimePasses(clock, settledCount(2))
    await letSettle(clock)
    expect(new Set(bodiesOf(receiver)).size).toBe(1)
    expect(only(bodiesOf(receiver))).toMatchObject({ event: 'new_lead', data })
    expect(answers).toHaveLength(1)
    const [delivery] = (await leadhooks.deliveries.list({ organizationId })).data
    // It is noted, and the body of the event not kept twice.
    expect(delivery && (await storage.findBody(delivery))).toEqual({ format: 'leadhooks', body: null })
  })

  test('that fails or hangs makes deliveries wait, longer each time, and spends no attempt', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const errors: unknown[] = []
    const times: number[] = []
    const startedAt = clock.now()
    const shape: Shape = async () => {
      times.push(clock.now() - startedAt)
      if (times.length === 1) throw new Error('The database of the host is away')
      if (times.length < 5) return new Promise(() => {})
      return Promise.resolve({ made: 'at last' })
    }
    const logger = { info() {}, warn() {}, error: (fields: object) => void errors.push(fields) }
    const delivery = { shape, shapeTimeoutMs: 200 }
    const { leadhooks, settledCount } = await openLeadhooks({ clock, delivery, logger })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent(event)
    await whileTimePasses(clock, settledCount(1))
    const [waiting] = (await leadhooks.deliveries.list({ organizationId })).data
    expect(waiting).toMatchObject({ status: 'pending', attempts: 0, reason: null })
    expect(await leadhooks.deliveries.body({ organizationId, id: waiting?.id ?? '' })).toBeNull()
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    // Each time as long as it has waited already, and what the look for it takes.
    for (const [index, least] of [1000, 1400, 2800, 5600].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(least)
      expect(waits[index]).toBeLessThan(least * 1.3)
    }
    expect(errors).toHaveLength(4)
    expect(only(bodiesOf(receiver))).toMatchObject({ data: { made: 'at last' } })
    const [delivered] = (await leadhooks.deliveries.list({ organizationId })).data
    expect(delivered).toMatchObject({ status: 'delivered', attempts: 1 })
  })

  test('that fails for one event keeps no other waiting', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const shape: Shape = ({ data: given }) => {
      if ((given as { n: number }).n === 0) throw new Error('Never this one')
      return given
    }
    const { leadhooks } = await openLeadhooks({ clock, delivery: { shape, retry: { delaysMs: [] } } })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    const numbers = Array.from({ length: 30 }, (_, n) => n)
    await leadhooks.dispatchEvents(numbers.map((n) => ({ organizationId, type: 'new_lead', data: { n } })))
    await whileTimePasses(clock, receiver.received(29))
    await letSettle(clock)
    const { data: waiting } = await leadhooks.deliveries.list({ organizationId, status: 'pending' })
    expect(waiting).toMatchObject([{ attempts: 0 }])
  })

  test.each([
    ['no JSON', () => ({ at: Number.NaN })],
    ['too much', () => 'x'.repeat(300_000)],
    ['something too deep', () => Array.from({ length: 70 }).reduce<unknown>((inner) => [inner], 1)],
  ])('that makes %s of it has the delivery given up', async (_, shape) => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks, settledCount, observed } = await openLeadhooks({ clock, delivery: { shape } })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent(event)
    await whileTimePasses(clock, settledCount(1))
    await letSettle(clock)
    const [delivery] = (await leadhooks.deliveries.list({ organizationId })).data
    expect(delivery).toMatchObject({ status: 'dead_letter', reason: 'unshapeable', attempts: 0 })
    expect(observed).toContainEqual(
      expect.objectContaining({ type: 'delivery.dead_lettered', reason: 'unshapeable' }),
    )
    expect(receiver.requests).toHaveLength(0)
  })
})

describe('a test send', () => {
  test('shows the body that the webhook would get', async () => {
    const receiver = await openReceiver()
    const shape = ({ data: made }: ShapeInput) => ({ ...(made as object), by: 'host' })
    const { leadhooks } = await openLeadhooks({ delivery: { shape } })
    const settings = {
      organizationId,
      url: receiver.url,
      format: 'cloudevents',
      mapping: { who: 'data.name' },
    } as const
    const { webhook } = await leadhooks.webhooks.create(settings)
    const ids = { organizationId, id: webhook.id }
    const { request, signedContent } = await leadhooks.webhooks.test({ ...ids, eventType: 'new_lead', data })
    expect(JSON.parse(request.body)).toMatchObject({ specversion: '1.0', data: { who: 'Ada', by: 'host' } })
    expect(request.headers['content-type']).toBe('application/cloudevents+json')
    expect(bodiesOf(receiver)).toEqual([request.body])
    expect(signedContent.endsWith(request.body)).toBe(true)
  })

  test('tells of a function that fails, and not what it said', async () => {
    const receiver = await openReceiver()
    const shape = () => {
      throw new Error('password=hunter2')
    }
    const { leadhooks } = await openLeadhooks({ delivery: { shape } })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    const testing = leadhooks.webhooks.test({ organizationId, id: webhook.id })
    await expect(testing).rejects.toMatchObject({
      code: 'shaping_failed',
      message: expect.not.stringContaining('hunter2') as string,
    })
    expect(receiver.requests).toHaveLength(0)
  })
})

test('a mapping or a format that is none is refused, and nothing is changed', async () => {
  const { leadhooks } = await openLeadhooks()
  const url = 'https://receiver.example'
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url, mapping: { id: 'id' } })
  const ids = { organizationId, id: webhook.id }
  const mapping = { a: { b: 'contact.email' } }
  const refused = { code: 'invalid_request', issues: [{ pointer: '/mapping/a/b' }] }
  await expect(leadhooks.webhooks.update({ ...ids, mapping })).rejects.toMatchObject(refused)
  await expect(leadhooks.webhooks.create({ organizationId, url, mapping })).rejects.toMatchObject(refused)
  const unknown = { format: 'xml' } as unknown as { format: 'data' }
  await expect(leadhooks.webhooks.update({ ...ids, ...unknown })).rejects.toMatchObject({
    issues: [{ pointer: '/format' }],
  })
  expect(await leadhooks.webhooks.get(ids)).toEqual(webhook)
  expect(await leadhooks.webhooks.update({ ...ids, mapping: null })).toMatchObject({ mapping: null })
})

test.each([
  ['shape', 'x'],
  ['shapeTimeoutMs', 0],
  ['cloudEventsSource', 'crm.example'],
  ['cloudEventsSource', 'https://crm.example/'],
])('the option `%s` must not be %j', async (name, value) => {
  await expect(openLeadhooks({ delivery: { [name]: value } })).rejects.toMatchObject({
    code: 'invalid_options',
    issues: [{ pointer: `/delivery/${name}` }],
  })
})
