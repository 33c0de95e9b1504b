import { memoryStorage, type Webhook } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { describe, expect, test } from 'vitest'
import {
  dispatch,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const ids = ({ id }: Webhook) => ({ organizationId, id })
const minute = 60_000
const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 7).toString('base64') }]

describe('a throttle', () => {
  test('lets through as many as it says, however many workers there are, and the rest in time', async () => {
    const clock = fakeClock()
    const storage = memoryStorage()
    const receiver = await openReceiver()
    const shared = { clock, storage, encryptionKeys }
    const [here, there] = [await openLeadhooks(shared), await openLeadhooks(shared)]
    const throttle = { requests: 5, perMs: 1000 }
    const { webhook } = await here.leadhooks.webhooks.create({ organizationId, url: receiver.url, throttle })
    const startedAt = clock.now()
    for (const { leadhooks } of [here, there]) leadhooks.startWorker()
    await dispatch(here.leadhooks, 30)
    await whileTimePasses(clock, receiver.received(5))
    await letSettle(clock)
    expect(await here.leadhooks.webhooks.health(ids(webhook))).toMatchObject({
      circuitState: 'closed',
      waitsFor: 'throttled',
    })
    await whileTimePasses(clock, receiver.received(30))
    // Five at once, and one every 200 ms from then on; each is found by a look, 100 ms later at most.
    const tookMs = clock.now() - startedAt
    expect(tookMs).toBeGreaterThanOrEqual(25 * 200)
    expect(tookMs).toBeLessThan(25 * 300)
    await letSettle(clock)
    const { data } = await here.leadhooks.deliveries.list({ organizationId, limit: 50 })
    expect(new Set(data.map(({ status, attempts }) => `${status} ${attempts}`))).toEqual(
      new Set(['delivered 1']),
    )
  })

  test('keeps no other webhook waiting', async () => {
    const clock = fakeClock()
    const [slow, quick] = [await openReceiver(), await openReceiver()]
    const { leadhooks } = await openLeadhooks({ clock })
    const throttle = { requests: 1, perMs: 60 * minute }
    await leadhooks.webhooks.create({ organizationId, url: slow.url, throttle })
    await leadhooks.webhooks.create({ organizationId, url: quick.url })
    leadhooks.startWorker()
    await dispatch(leadhooks, 50)
    await whileTimePasses(clock, quick.received(50))
    await letSettle(clock)
    expect(slow.requests).toHaveLength(1)
  })

  test('that is taken away holds nothing back any more', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const throttle = { requests: 1, perMs: 60 * minute }
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, throttle })
    leadhooks.startWorker()
    await dispatch(leadhooks, 3)
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    await leadhooks.webhooks.update({ ...ids(webhook), throttle: null })
    await whileTimePasses(clock, receiver.received(3))
    await letSettle(clock)
  })
})

describe('a maintenance window', () => {
  // The fake clock begins on a Thursday at midnight, UTC.
  const maintenance = [{ weekdays: ['thu' as const], startsAt: '00:10', minutes: 30, timeZone: 'UTC' }]

  test('makes deliveries wait, which spend no attempt and go when it is over', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, maintenance })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    const opensAt = new Date('2026-01-01T00:10:00Z').getTime()
    await clock.advance(opensAt - clock.now())
    await dispatch(leadhooks)
    await letSettle(clock)
    expect(await leadhooks.webhooks.health(ids(webhook))).toMatchObject({
      waitsFor: 'maintenance',
      waitsUntil: new Date('2026-01-01T00:40:00Z'),
    })
    const [waiting] = (await leadhooks.deliveries.list({ organizationId })).data
    expect(waiting).toMatchObject({ status: 'pending', attempts: 0 })
    await clock.advance(29 * minute)
    expect(receiver.requests).toHaveLength(1)
    await clock.advance(minute)
    await whileTimePasses(clock, receiver.received(2))
    expect(receiver.requests[1]?.headers['x-webhook-attempt']).toBe('1')
    await letSettle(clock)
  })

  test('ends at once when it is taken away', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const now = [{ startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-02-01T00:00:00Z' }]
    const { webhook } = await leadhooks.webhooks.create({
      organizationId,
      url: receiver.url,
      maintenance: now,
    })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    await letSettle(clock)
    expect(receiver.requests).toHaveLength(0)
    await leadhooks.webhooks.update({ ...ids(webhook), maintenance: [] })
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
  })

  test('of the organization holds for all of its webhooks, and for no other organization', async () => {
    const clock = fakeClock()
    const [here, there, elsewhere] = [await openReceiver(), await openReceiver(), await openReceiver()]
    const { leadhooks } = await openLeadhooks({ clock })
    await leadhooks.webhooks.create({ organizationId, url: here.url })
    const window = { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-01T00:10:00Z' }
    const organization = await leadhooks.organizations.upsert({ id: organizationId, maintenance: [window] })
    expect(organization.maintenance).toEqual([window])
    // Its own window ends later.
    const own = [{ startsAt: '2026-01-01T00:05:00Z', endsAt: '2026-01-01T00:20:00Z' }]
    const { webhook: later } = await leadhooks.webhooks.create({
      organizationId,
      url: there.url,
      maintenance: own,
    })
    await leadhooks.webhooks.create({ organizationId: 'globex', url: elsewhere.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    await leadhooks.dispatchEvent({ organizationId: 'globex', type: 'new_lead', data: {} })
    await whileTimePasses(clock, elsewhere.received(1))
    await letSettle(clock)
    expect([here.requests.length, there.requests.length]).toEqual([0, 0])
    await clock.advance(new Date('2026-01-01T00:10:00Z').getTime() - clock.now())
    await whileTimePasses(clock, here.received(1))
    await letSettle(clock)
    expect(there.requests).toHaveLength(0)
    expect(await leadhooks.webhooks.health(ids(later))).toMatchObject({
      waitsUntil: new Date(own[0]?.endsAt ?? 0),
    })
    await clock.advance(10 * minute)
    const [request] = await whileTimePasses(clock, there.received(1))
    expect(request?.headers['x-webhook-attempt']).toBe('1')
    await letSettle(clock)
  })

  test('of the organization ends at once when it is taken away, and is in the audit log', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const window = { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-02-01T00:00:00Z' }
    await leadhooks.organizations.upsert({ id: organizationId, maintenance: [window] })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    expect(webhook).not.toHaveProperty('organizationMaintenance')
    leadhooks.startWorker()
    await dispatch(leadhooks)
    await letSettle(clock)
    expect(receiver.requests).toHaveLength(0)
    await leadhooks.organizations.upsert({ id: organizationId, name: 'Acme' })
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    const [entry] = (await leadhooks.audit.list({ organizationId, action: 'organization.updated' })).data
    expect(entry).toMatchObject({ before: { maintenance: [window] }, after: { maintenance: [] } })
  })

  test.each([
    [{ startsAt: '2026-02-01T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' }, '/maintenance/0/endsAt'],
    [{ weekdays: ['thu'], startsAt: '25:00', minutes: 30, timeZone: 'UTC' }, '/maintenance/0'],
    [{ weekdays: ['thu'], startsAt: '02:00', minutes: 30, timeZone: 'Mars/Olympus' }, '/maintenance/0'],
    [{ weekdays: [], startsAt: '02:00', minutes: 30, timeZone: 'UTC' }, '/maintenance/0'],
  ])('that makes no sense is refused: %j', async (window, pointer) => {
    const { leadhooks } = await openLeadhooks()
    const settings = { organizationId, url: 'https://example.com', maintenance: [window] as never }
    const refused = leadhooks.webhooks.create(settings)
    await expect(refused).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(refused).rejects.toThrow(pointer)
    const organization = { id: organizationId, maintenance: [window] as never }
    await expect(leadhooks.organizations.upsert(organization)).rejects.toThrow(pointer)
  })
})

describe('authentication', () => {
  test.each([
    [{ type: 'basic', username: 'crm', password: 'Pässwörd:1' }, 'Basic Y3JtOlDDpHNzd8O2cmQ6MQ=='],
    [{ type: 'bearer', token: 'abc.def' }, 'Bearer abc.def'],
  ] as const)('%j goes out with each request, and is never shown', async (authentication, authorization) => {
    const receiver = await openReceiver()
    const storage = memoryStorage()
    const { leadhooks } = await openLeadhooks({ storage })
    const settings = {
      organizationId,
      url: receiver.url,
      authentication,
      headers: { Authorization: 'of the customer' },
    }
    const { webhook } = await leadhooks.webhooks.create(settings)
    leadhooks.startWorker()
    await dispatch(leadhooks)
    const [request] = await receiver.received(1)
    expect(request?.headers.authorization).toBe(authorization)
    expect(webhook.authenticationType).toBe(authentication.type)
    const tested = await leadhooks.webhooks.test(ids(webhook))
    const { data: entries } = await leadhooks.audit.list({ organizationId })
    const stored = await storage.findWebhook(ids(webhook))
    const secret = authorization.split(' ')[1] ?? ''
    expect(receiver.requests[1]?.headers.authorization).toBe(authorization)
    for (const shown of [webhook, tested, entries, stored])
      expect(JSON.stringify(shown)).not.toContain(secret)
  })

  test('can be changed and taken away', async () => {
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks()
    const { webhook } = await leadhooks.webhooks.create({
      organizationId,
      url: receiver.url,
      authentication: { type: 'bearer', token: 'one' },
    })
    await leadhooks.webhooks.update({ ...ids(webhook), name: 'renamed' })
    await leadhooks.webhooks.test(ids(webhook))
    const changed = { ...ids(webhook), authentication: { type: 'bearer' as const, token: 'two' } }
    await leadhooks.webhooks.update(changed)
    await leadhooks.webhooks.test(ids(webhook))
    const without = await leadhooks.webhooks.update({ ...ids(webhook), authentication: null })
    await leadhooks.webhooks.test(ids(webhook))
    expect(receiver.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer one',
      'Bearer two',
      undefined,
    ])
    expect(without.authenticationType).toBeNull()
  })

  test.each([
    { type: 'basic', username: 'a:b', password: 'x' },
    { type: 'bearer', token: 'line\nbreak' },
    { type: 'bearer', token: '' },
    { type: 'digest', token: 'x' },
  ])('that cannot be sent is refused, without its value in the message: %j', async (authentication) => {
    const { leadhooks } = await openLeadhooks()
    const settings = { organizationId, url: 'https://example.com', authentication: authentication as never }
    await expect(leadhooks.webhooks.create(settings)).rejects.toMatchObject({ code: 'invalid_request' })
  })
})
