import { defineEvents } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  dispatch,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const events = defineEvents({ new_lead: { schema: z.looseObject({}) } })

test('what happens to a webhook is an event like any other, for the webhooks of its organization that take it', async () => {
  const clock = fakeClock()
  const [broken, watcher] = [await openReceiver({ respond: 410 }), await openReceiver()]
  const { leadhooks } = await openLeadhooks({ clock, events, operationalEvents: true })
  const { webhook } = await leadhooks.webhooks.create({
    organizationId,
    url: broken.url,
    eventTypes: ['new_lead'],
  })
  const watching = { url: watcher.url, eventTypes: ['webhook.*', 'delivery.dead_lettered'] }
  await leadhooks.webhooks.create({ organizationId, ...watching })
  await leadhooks.webhooks.create({ organizationId: 'other', ...watching })
  leadhooks.startWorker()
  await dispatch(leadhooks, 3)
  await whileTimePasses(clock, watcher.received(4))
  await letSettle(clock)
  const bodies = watcher.requests.map(({ body }) => JSON.parse(String(body)) as Record<string, unknown>)
  expect(new Set(bodies.map(({ event }) => event))).toEqual(
    new Set(['delivery.dead_lettered', 'webhook.disabled']),
  )
  const disabled = bodies.filter(({ event }) => event === 'webhook.disabled')
  expect(disabled).toMatchObject([{ data: { webhookId: webhook.id, reason: 'gone' } }])
})

test('a delivery of an operational event that is given up makes no further one', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver({ respond: 500 })
  const { leadhooks, settledCount } = await openLeadhooks({
    clock,
    events,
    operationalEvents: true,
    delivery: { retry: { delaysMs: [] }, circuit: false, autoDisable: false },
  })
  await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  await dispatch(leadhooks)
  await whileTimePasses(clock, settledCount(2))
  await letSettle(clock)
  const { data } = await leadhooks.events.list({ organizationId })
  expect(data.map(({ type }) => type).sort()).toEqual(['delivery.dead_lettered', 'new_lead'])
})

test('what shows by the deliveries of operational events makes no further ones, however a receiver comes and goes', async () => {
  const clock = fakeClock()
  let count = 0
  const receiver = await openReceiver({ respond: () => (count++ % 2 === 0 ? 500 : 200) })
  const { leadhooks } = await openLeadhooks({
    clock,
    events,
    operationalEvents: true,
    delivery: { retry: { delaysMs: [1000, 1000, 1000] } },
  })
  await leadhooks.webhooks.create({
    organizationId,
    url: receiver.url,
    circuit: { failures: 1, spanMs: 0, firstProbeMs: 1000, longestProbeMs: 1000 },
  })
  leadhooks.startWorker()
  await dispatch(leadhooks)
  for (let n = 0; n < 60; n++) {
    await clock.advance(1000)
    await letSettle(clock)
  }
  const { data } = await leadhooks.events.list({ organizationId })
  // Each of the four tries may open the circuit, and the last is the end of it.
  expect(data.length).toBeLessThanOrEqual(1 + 4 + 1)
  const deliveries = await leadhooks.deliveries.list({ organizationId })
  expect(deliveries.data.every(({ finishedAt }) => finishedAt !== null)).toBe(true)
})

test('their types are listed with the host’s, and only where they are dispatched', async () => {
  const { leadhooks } = await openLeadhooks({ events, operationalEvents: true })
  expect((await leadhooks.events.types()).map(({ name }) => name)).toContain('webhook.circuit_opened')
  const without = await openLeadhooks({ events })
  expect((await without.leadhooks.events.types()).map(({ name }) => name)).toEqual(['new_lead'])
  const wanted = { organizationId, url: 'https://example.com', eventTypes: ['webhook.disabled'] }
  await expect(without.leadhooks.webhooks.create(wanted)).rejects.toMatchObject({
    code: 'unknown_event_type',
  })
})

test('an event type of the host’s may not have the name of one', async () => {
  const taken = defineEvents({ 'webhook.disabled': { schema: z.looseObject({}) } })
  await expect(openLeadhooks({ events: taken, operationalEvents: true })).rejects.toMatchObject({
    code: 'invalid_options',
  })
})

test('every example is one that its schema takes', async () => {
  const receiver = await openReceiver()
  const { leadhooks } = await openLeadhooks({ events, operationalEvents: true })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  const types = (await leadhooks.events.types()).filter(({ name }) => name !== 'new_lead')
  expect(types).toHaveLength(9)
  for (const { name: eventType } of types)
    expect(await leadhooks.webhooks.test({ organizationId, id: webhook.id, eventType })).toMatchObject({
      outcome: 'succeeded',
    })
})
