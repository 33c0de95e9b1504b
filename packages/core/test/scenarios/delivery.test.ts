import { memoryStorage } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { signBody, verifySignature } from '@leadhooks/verify-signature'
import { describe, expect, test } from 'vitest'
import { dispatch, gate, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

describe('a delivery', () => {
  test('is posted with the stored body, signed for this attempt, and recorded', async () => {
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks()
    const { secret } = await leadhooks.webhooks.create({
      organizationId,
      url: `${receiver.url}/hooks?team=1`,
      headers: { 'X-Team': 'sales' },
    })
    leadhooks.startWorker()
    const { event } = await leadhooks.dispatchEvent({
      organizationId,
      type: 'new_lead',
      data: { name: 'Zoë 🦊' },
      id: 'evt-1',
    })

    const [request] = await receiver.received(1)
    expect(request).toMatchObject({ method: 'POST', url: '/hooks?team=1' })
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': 'evt-1',
      'x-webhook-event': 'new_lead',
      'x-webhook-attempt': '1',
      'x-team': 'sales',
    })
    expect(request?.headers['user-agent']).toMatch(/^Leadhooks\/\d/)
    const { body = Buffer.alloc(0), headers = {} } = request ?? {}
    expect(verifySignature({ payload: body, headers, secret })).toEqual({
      id: 'evt-1',
      event: 'new_lead',
      timestamp: event.createdAt.toISOString(),
      data: { name: 'Zoë 🦊' },
    })
    expect(headers['x-webhook-signature']).toBe(signBody({ payload: body, secret }))

    const [settled] = await settledCount(1)
    const delivery = { organizationId, id: settled?.deliveryId ?? '' }
    expect(await leadhooks.deliveries.get(delivery)).toMatchObject({
      status: 'delivered',
      attempts: 1,
      statusCode: 200,
    })
    expect(await leadhooks.deliveries.attempts(delivery)).toMatchObject([
      { number: 1, outcome: 'succeeded', statusCode: 200 },
    ])
  })

  test('goes only to enabled webhooks of its organization that want its type', async () => {
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks()
    const add = (path: string, settings: object = {}) =>
      leadhooks.webhooks.create({ organizationId, url: `${receiver.url}/${path}`, ...settings })
    await add('all')
    await add('exact', { eventTypes: ['contact.created'] })
    await add('group', { eventTypes: ['contact.*'] })
    await add('other', { eventTypes: ['deal.*', 'contact.deleted'] })
    await add('off', { enabled: false })
    await leadhooks.webhooks.create({ organizationId: 'other', url: `${receiver.url}/foreign` })
    leadhooks.startWorker()
    const { deliveries } = await leadhooks.dispatchEvent({
      organizationId,
      type: 'contact.created',
      data: {},
    })
    expect(deliveries).toBe(3)
    await settledCount(3)
    expect(receiver.requests.map(({ url }) => url).sort()).toEqual(['/all', '/exact', '/group'])
  })
})

test('the time of a signature is the storage’s: the clock of a worker’s machine may be wrong', async () => {
  const receiver = await openReceiver()
  const hourAhead = 3_600_000
  const storage = { ...memoryStorage(), currentTime: async () => new Date(Date.now() + hourAhead) }
  const { leadhooks, settledCount } = await openLeadhooks({ storage })
  const { secret } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  await dispatch(leadhooks)
  const [settled] = await settledCount(1)
  const [request] = receiver.requests
  const { body: payload = '', headers = {} } = request ?? {}
  expect(() => verifySignature({ payload, headers, secret, now: Date.now() + hourAhead })).not.toThrow()
  expect(() => verifySignature({ payload, headers, secret })).toThrow(/in the future/)
  const startedAt = settled?.attempt?.startedAt.getTime() ?? 0
  expect(Math.abs(startedAt - hourAhead - Date.now())).toBeLessThan(60_000)
})

describe('a failing receiver', () => {
  test('is tried again by the schedule, with the same body and id and a signature of its own', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 503, 200] })
    const { leadhooks, settledCount } = await openLeadhooks({ clock, delivery: { retry: 'exponential' } })
    const { secret } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)

    await whileTimePasses(clock, settledCount(1))
    await clock.advance(900)
    expect(receiver.requests).toHaveLength(1)
    await whileTimePasses(clock, settledCount(2))
    await clock.advance(1800)
    expect(receiver.requests).toHaveLength(2)
    const settled = await whileTimePasses(clock, settledCount(3))

    expect(settled.map(({ status, retryInMs }) => [status, retryInMs])).toEqual([
      ['retrying', 1000],
      ['retrying', 2000],
      ['delivered', null],
    ])
    const [first, second, third] = receiver.requests
    expect(second?.body).toEqual(first?.body)
    expect(third?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(third?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature'])
    expect(receiver.requests.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '2', '3'])
    for (const { body, headers } of receiver.requests) {
      expect(() => verifySignature({ payload: body, headers, secret, now: clock.now() })).not.toThrow()
    }
  })

  test('ends in a dead letter after the last attempt, which can be replayed and then resolved', async () => {
    const receiver = await openReceiver({ respond: [500, 500, 200] })
    const { leadhooks, settledCount } = await openLeadhooks({ delivery: { retry: { delaysMs: [1] } } })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)

    const [, last] = await settledCount(2)
    expect(last).toMatchObject({ status: 'dead_letter', reason: 'exhausted' })
    const dead = { organizationId, id: last?.deliveryId ?? '' }
    expect(await leadhooks.deliveries.get(dead)).toMatchObject({
      status: 'dead_letter',
      statusCode: 500,
      nextAttemptAt: null,
    })

    const replayed = await leadhooks.deliveries.replay(dead)
    expect(replayed).toMatchObject({ status: 'pending', replayOf: dead.id, replayRoot: dead.id })
    await settledCount(3)
    expect(await leadhooks.deliveries.get({ organizationId, id: replayed.id })).toMatchObject({
      status: 'delivered',
    })
    expect(receiver.requests[2]?.body).toEqual(receiver.requests[0]?.body)
    expect((await leadhooks.deliveries.resolve(dead)).resolvedAt).toBeInstanceOf(Date)
  })

  test('that asks for time gets it', async () => {
    const respond = [{ status: 429, headers: { 'retry-after': '30' } }, 200]
    const receiver = await openReceiver({ respond })
    const { leadhooks, settledCount } = await openLeadhooks()
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    expect((await settledCount(1))[0]).toMatchObject({ status: 'retrying', retryInMs: 30_000 })
  })

  test('that answers 410 gets nothing more: its webhook is disabled, and what comes for it waits', async () => {
    const receiver = await openReceiver({ respond: 410 })
    const { leadhooks, settledCount } = await openLeadhooks()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    expect((await settledCount(1))[0]).toMatchObject({ status: 'dead_letter', reason: 'gone' })
    expect(await leadhooks.webhooks.get({ organizationId, id: webhook.id })).toMatchObject({
      enabled: false,
      disabledReason: 'gone',
    })
    expect(await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })).toMatchObject({
      deliveries: 1,
    })
    await leadhooks.webhooks.enable({ organizationId, id: webhook.id })
    await receiver.received(2)
  })

  test('that answers 410 at a former URL changes nothing: the delivery goes to the new one at once', async () => {
    const { opened, open } = gate()
    const [former, current] = [
      await openReceiver({
        respond: (_request, response) => void opened.then(() => response.writeHead(410).end()),
      }),
      await openReceiver(),
    ]
    const { leadhooks, settledCount } = await openLeadhooks()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: former.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    await former.received(1)
    await leadhooks.webhooks.update({ organizationId, id: webhook.id, url: current.url })
    open()
    await current.received(1)
    const settled = await settledCount(2)
    expect(settled.map(({ status }) => status)).toEqual(['retrying', 'delivered'])
    expect(settled[0]?.attempt?.message).toMatch(/410 Gone, and the webhook stays on/)
    expect(await leadhooks.webhooks.get({ organizationId, id: webhook.id })).toMatchObject({ enabled: true })
  })

  test('that redirects is not followed', async () => {
    const inside = await openReceiver()
    const receiver = await openReceiver({ respond: { status: 307, headers: { location: inside.url } } })
    const { leadhooks, settledCount } = await openLeadhooks()
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    expect((await settledCount(1))[0]?.attempt).toMatchObject({ outcome: 'failed', statusCode: 307 })
    expect(inside.requests).toHaveLength(0)
  })

  test('that answers with NUL bytes and a long body is recorded with 4 KiB of clean text', async () => {
    const receiver = await openReceiver({ respond: { status: 500, body: `\u0000${'x'.repeat(10_000)}` } })
    const { leadhooks, settledCount } = await openLeadhooks()
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    const body = (await settledCount(1))[0]?.attempt?.responseBody
    expect(body).toHaveLength(4096)
    expect(body).toMatch(/^\ufffdx+$/)
  })
})

test('an address that is inside is not called, and the customer learns no more than that', async () => {
  const receiver = await openReceiver()
  const { leadhooks, settledCount } = await openLeadhooks({
    network: {
      allowHttp: true,
      allowedPorts: [receiver.port],
      lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    },
  })
  await leadhooks.webhooks.create({ organizationId, url: `http://rebound.example.com:${receiver.port}` })
  leadhooks.startWorker()
  await dispatch(leadhooks)
  const [settled] = await settledCount(1)
  expect(settled?.attempt).toMatchObject({ outcome: 'failed', failure: 'blocked_address', statusCode: null })
  expect(settled?.attempt?.message).not.toContain('127.0.0.1')
  expect(receiver.connections).toBe(0)
})
