import { defineEvents, type Leadhooks, type LeadhooksOptions, type Observation } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const secret = '4111-1111-1111-1111'
const data = {
  id: 'lead_1',
  contact: { email: secret, name: 'Ada' },
  cards: [{ number: secret, brand: 'x' }],
}
const shown = {
  id: 'lead_1',
  contact: { email: '(hidden)', name: 'Ada' },
  cards: [{ number: '(hidden)', brand: 'x' }],
}
const sensitive = ['contact.email', 'cards.number']
const type: string = 'new_lead'

/** The same type in code, and registered at run time. */
const sources: Record<string, (options: Partial<LeadhooksOptions>) => Promise<{ leadhooks: Leadhooks }>> = {
  'in code': async (options) => {
    const events = defineEvents({ new_lead: { schema: z.looseObject({}), sensitive } })
    return openLeadhooks({ ...options, events })
  },
  'registered at run time': async (options) => {
    const opened = await openLeadhooks(options)
    await opened.leadhooks.events.registerType({ organizationId, name: type, schema: {}, sensitive })
    return opened
  },
}

describe.each(Object.entries(sources))('sensitive fields of a type %s', (_, open) => {
  test('are delivered, and shown in no list, log, observation or attempt', async () => {
    const clock = fakeClock()
    const told: unknown[] = []
    const note = (...what: unknown[]): void => void told.push(what)
    const receiver = await openReceiver({
      respond: [{ status: 500, body: `cannot store ${secret}` }, { body: JSON.stringify({ ssn: secret }) }],
    })
    const { leadhooks } = await open({
      clock,
      logger: { info: note, warn: note, error: note },
      observe: (observation: Observation) => void told.push(observation),
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    const { event } = await leadhooks.dispatchEvent({ organizationId, type, data })
    expect(event.data).toEqual(data)
    await whileTimePasses(clock, receiver.received(2))
    await letSettle(clock)
    for (const { body } of receiver.requests) expect(JSON.parse(String(body))).toMatchObject({ data })

    const events = await leadhooks.events.list({ organizationId })
    expect(events.data.map((one) => one.data)).toEqual([shown])
    const deliveries = await leadhooks.deliveries.list({ organizationId })
    const delivery = { organizationId, id: deliveries.data[0]?.id ?? '' }
    const attempts = await leadhooks.deliveries.attempts(delivery)
    expect(attempts.map(({ responseBody }) => responseBody)).toEqual(['(hidden)', '(hidden)'])
    expect(told).toContainEqual(expect.objectContaining({ type: 'delivery.settled' }))
    for (const seen of [told, events, deliveries, attempts])
      expect(JSON.stringify(seen)).not.toContain(secret)

    const ids = { organizationId, id: event.id }
    expect((await leadhooks.events.get(ids)).data).toEqual(shown)
    expect((await leadhooks.events.get({ ...ids, showSensitive: true })).data).toEqual(data)
    await expect(leadhooks.deliveries.body(delivery)).rejects.toMatchObject({ code: 'forbidden' })
    const body = await leadhooks.deliveries.body({ ...delivery, showSensitive: true })
    expect(body?.body).toContain(secret)
  })

  test('are shown over HTTP to those who may read secrets, and to nobody else', async () => {
    const { leadhooks } = await open({})
    const { event } = await leadhooks.dispatchEvent({ organizationId, type, data, id: 'evt-1' })
    await leadhooks.events.registerType({ organizationId, name: 'other', schema: {} })
    const keyOf = async (access: { role?: 'admin' | 'read_write' | 'read_only'; permissions?: string[] }) =>
      (await leadhooks.apiKeys.create({ organizationId, name: 'Key', ...access })).token
    const ask = async (token: string, method: string, path: string, body?: object): Promise<string> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
      return (await leadhooks.fetch(new Request(`https://crm.example${path}`, init))).text()
    }
    const admin = await keyOf({ role: 'admin' })
    const again = { type, data: { id: 'x' }, id: 'evt-1' }
    for (const token of [
      await keyOf({ role: 'read_write' }),
      await keyOf({ permissions: ['read:events', 'write:events', 'write:*'] }),
    ]) {
      expect(JSON.parse(await ask(token, 'GET', `/events/${event.id}`))).toMatchObject({ data: shown })
      for (const answer of [
        await ask(token, 'GET', '/events'),
        await ask(token, 'POST', '/events', again),
        await ask(token, 'POST', '/events/batch', { events: [again] }),
      ]) {
        expect(answer).toContain('(hidden)')
        expect(answer).not.toContain(secret)
      }
    }
    expect(JSON.parse(await ask(admin, 'GET', `/events/${event.id}`))).toMatchObject({ data })
    expect(await ask(admin, 'GET', '/events')).not.toContain(secret)
    const types = JSON.parse(await ask(admin, 'GET', '/event-types')) as { data: object[] }
    expect(types.data).toContainEqual(expect.objectContaining({ name: type, sensitive }))
  })
})

test('what a receiver answered is kept where the type has no sensitive fields', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver({ respond: [{ body: 'thanks' }] })
  const { leadhooks, settledCount } = await openLeadhooks({ clock })
  await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  await leadhooks.dispatchEvent({ organizationId, type, data })
  const [settled] = await whileTimePasses(clock, settledCount(1))
  await letSettle(clock)
  expect(settled?.attempt?.responseBody).toBe('thanks')
})

test('paths that are none are refused', async () => {
  const wrong = { new_lead: { schema: z.looseObject({}), sensitive: ['a..b'] } }
  expect(() => defineEvents(wrong)).toThrow(expect.objectContaining({ code: 'invalid_options' }))
  const { leadhooks } = await openLeadhooks()
  for (const path of ['.', 'a.', '.a', 'a..b', 'x'.repeat(251)])
    await expect(
      leadhooks.events.registerType({ name: 'a', schema: {}, sensitive: ['ok', path] }),
    ).rejects.toMatchObject({ code: 'invalid_request', issues: [{ pointer: '/sensitive/1' }] })
})
