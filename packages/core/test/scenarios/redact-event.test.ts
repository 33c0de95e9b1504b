import { fakeClock } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import { gate, letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const secret = 'ada@example.com'
const data = { email: secret }
const actor = { type: 'user', id: 'officer' } as const

test('the data of an event is removed while a worker sends it: what was under way is the last of it', async () => {
  const clock = fakeClock()
  const answer = gate()
  const receiver = await openReceiver({
    respond: [
      { status: 500, body: `cannot store ${secret}` },
      (_request, response) => {
        void answer.opened.then(() => response.end(`stored ${secret}`))
      },
    ],
  })
  const { leadhooks, settledCount } = await openLeadhooks({ clock })
  await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  const { event } = await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data })
  const ids = { organizationId, id: event.id }
  await whileTimePasses(clock, receiver.received(2))
  const redacted = await leadhooks.events.redact({ ...ids, actor })
  expect(redacted).toEqual({ ...event, data: null, redacted: true })
  answer.open()
  const settled = await whileTimePasses(clock, settledCount(2))
  expect(settled[1]).toMatchObject({ superseded: true })
  await letSettle(clock)

  expect(await leadhooks.events.get(ids)).toEqual(redacted)
  const { data: deliveries } = await leadhooks.deliveries.list({ organizationId })
  expect(deliveries).toMatchObject([{ status: 'cancelled', reason: 'redacted', attempts: 2 }])
  const delivery = { organizationId, id: deliveries[0]?.id ?? '' }
  expect(await leadhooks.deliveries.attempts(delivery)).toMatchObject([
    { number: 1, outcome: 'failed', statusCode: 500, responseBody: null },
    { number: 2, outcome: 'superseded', statusCode: 200, responseBody: null },
  ])
  expect(await leadhooks.deliveries.body(delivery)).toBeNull()
  await expect(leadhooks.deliveries.replay(delivery)).rejects.toMatchObject({ code: 'conflict' })
  const replays = await leadhooks.deliveries.replayMany({ organizationId, status: 'cancelled' })
  for (let n = 0; n < 30; n++) await clock.advance(100)
  expect(await leadhooks.bulkReplays.get({ organizationId, id: replays.replay?.id ?? '' })).toMatchObject({
    state: 'completed',
    replayed: 0,
    skipped: 0,
  })
  expect(receiver.requests).toHaveLength(2)

  // Dispatched again, it is still known, and comes back neither here nor there.
  const again = await leadhooks.dispatchEvent({ ...ids, type: 'new_lead', data })
  expect(again).toMatchObject({ duplicate: true, event: { data: null, redacted: true } })
  expect(await leadhooks.events.redact(ids)).toEqual(redacted)
  const { data: entries } = await leadhooks.audit.list({ organizationId, action: 'event.redacted' })
  expect(entries).toMatchObject([{ actor, targetType: 'event', targetId: event.id }])
  expect(JSON.stringify(entries)).not.toContain(secret)
  await expect(leadhooks.events.redact({ organizationId: 'globex', id: event.id })).rejects.toMatchObject({
    code: 'not_found',
  })
  await letSettle(clock)
})
