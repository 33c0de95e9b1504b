import { fakeClock } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import { letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

test('of the events that a webhook takes only those go out whose data matches its filter', async () => {
  const clock = fakeClock()
  const [receiver, all] = [await openReceiver(), await openReceiver()]
  const { leadhooks, settled } = await openLeadhooks({ clock })
  const filter = { amount: { $gte: 1000 } }
  const throttle = { requests: 10, perMs: 1000 }
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, filter, throttle })
  await leadhooks.webhooks.create({ organizationId, url: all.url })
  leadhooks.startWorker()
  const amounts = Array.from({ length: 100 }, (_, n) => n * 100)
  await leadhooks.dispatchEvents(
    amounts.map((amount) => ({ organizationId, type: 'new_lead', data: { amount } })),
  )
  await whileTimePasses(clock, all.received(100))
  await whileTimePasses(clock, receiver.received(90))
  await letSettle(clock)
  const sent = receiver.requests.map(({ body }) => JSON.parse(String(body)) as { data: { amount: number } })
  expect(Math.min(...sent.map(({ data }) => data.amount))).toBe(1000)
  const query = { organizationId, webhookId: webhook.id, status: 'cancelled' as const }
  const { data: cancelled } = await leadhooks.deliveries.list(query)
  expect(cancelled).toHaveLength(10)
  expect(cancelled[0]).toMatchObject({ reason: 'filtered', attempts: 0 })
  expect(settled.filter(({ reason }) => reason === 'filtered')).toHaveLength(10)
  expect(await leadhooks.webhooks.health({ organizationId, id: webhook.id })).toMatchObject({
    consecutiveFailures: 0,
  })
})

test('a filter is changed and taken away for what has not been tried yet', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver({ respond: [500, 200] })
  const { leadhooks, settledCount } = await openLeadhooks({ clock })
  const settings = { organizationId, url: receiver.url, filter: { kind: 'wanted' } }
  const { webhook } = await leadhooks.webhooks.create(settings)
  const ids = { organizationId, id: webhook.id }
  leadhooks.startWorker()
  await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { kind: 'wanted' } })
  await whileTimePasses(clock, settledCount(1))
  await leadhooks.webhooks.update({ ...ids, filter: { kind: 'other' } })
  await whileTimePasses(clock, settledCount(2))
  expect(receiver.requests).toHaveLength(2)
  await leadhooks.webhooks.update({ ...ids, filter: null })
  await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { kind: 'any' } })
  await whileTimePasses(clock, settledCount(3))
  expect(receiver.requests).toHaveLength(3)
  await letSettle(clock)
  const refused = leadhooks.webhooks.update({ ...ids, filter: { $where: 'true' } })
  await expect(refused).rejects.toMatchObject({ issues: [{ pointer: '/filter/$where' }] })
})
