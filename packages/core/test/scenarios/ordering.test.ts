import { memoryStorage, type Webhook } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { describe, expect, test } from 'vitest'
import { letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 7).toString('base64') }]
const type = 'lead.changed'
const ids = ({ id }: Webhook) => ({ organizationId, id })
const sent = ({ body }: { body: Buffer }): unknown => (JSON.parse(body.toString()) as { data: unknown }).data

describe('an ordered webhook', () => {
  test('gets the events of a key one after the other, from any number of workers', async () => {
    const clock = fakeClock()
    const storage = memoryStorage()
    const receiver = await openReceiver()
    const shared = { clock, storage, encryptionKeys }
    const [here, there] = [await openLeadhooks(shared), await openLeadhooks(shared)]
    await here.leadhooks.webhooks.create({ organizationId, url: receiver.url, ordered: true })
    for (const { leadhooks } of [here, there]) leadhooks.startWorker()
    for (let n = 0; n < 10; n++)
      for (const orderingKey of ['lead_1', 'lead_2'])
        await here.leadhooks.dispatchEvent({ organizationId, type, data: { orderingKey, n }, orderingKey })
    const requests = await whileTimePasses(clock, receiver.received(20))
    for (const orderingKey of ['lead_1', 'lead_2'])
      expect(
        requests.map(sent).filter((data) => (data as { orderingKey: string }).orderingKey === orderingKey),
      ).toEqual(Array.from({ length: 10 }, (_, n) => ({ orderingKey, n })))
    await letSettle(clock)
  })

  test('that fails for one key gets all others, and goes on with that key when the failing one is given up', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: (request) => (sent(request) === 'broken' ? 500 : 200) })
    const { leadhooks } = await openLeadhooks({ clock, random: () => 0.5 })
    const retry = { delaysMs: [60_000], jitter: 0 }
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, ordered: true, retry })
    leadhooks.startWorker()
    const dispatch = async (orderingKey: string | null, data: string): Promise<void> => {
      await leadhooks.dispatchEvent({ organizationId, type, data, orderingKey })
    }
    await dispatch('lead_1', 'broken')
    await dispatch('lead_1', 'behind')
    await dispatch('lead_2', 'other')
    await dispatch(null, 'free')
    const before = await whileTimePasses(clock, receiver.received(3))
    expect(new Set(before.map(sent))).toEqual(new Set(['broken', 'other', 'free']))
    await letSettle(clock)
    const { data: waiting } = await leadhooks.deliveries.list({ organizationId, status: 'pending' })
    expect(waiting).toMatchObject([{ attempts: 0, nextAttemptAt: null }])
    await clock.advance(60_000)
    const all = await whileTimePasses(clock, receiver.received(5))
    expect(all.slice(3).map(sent)).toEqual(['broken', 'behind'])
    await letSettle(clock)
    const { data } = await leadhooks.deliveries.list({ organizationId })
    expect(data.map(({ status }) => status).sort()).toEqual([
      'dead_letter',
      'delivered',
      'delivered',
      'delivered',
    ])
  })

  test('goes on at once when the one that is ahead is cancelled', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 200] })
    const { leadhooks } = await openLeadhooks({ clock })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await leadhooks.webhooks.update({ ...ids(webhook), ordered: true, retry: { delaysMs: [3_600_000] } })
    leadhooks.startWorker()
    const orderingKey = 'lead_1'
    const first = await leadhooks.dispatchEvent({ organizationId, type, data: 'first', orderingKey })
    const second = await leadhooks.dispatchEvent({ organizationId, type, data: 'second', orderingKey })
    expect(second.event.orderingKey).toBe(orderingKey)
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    expect(receiver.requests).toHaveLength(1)
    const { data } = await leadhooks.deliveries.list({ organizationId, eventId: first.event.id })
    await leadhooks.deliveries.cancel({ organizationId, id: data[0]?.id ?? '' })
    const [, next] = await whileTimePasses(clock, receiver.received(2))
    expect(next && sent(next)).toBe('second')
    await letSettle(clock)
  })

  test.each(['', 'x'.repeat(129), 'nul\u0000', 7])(
    'takes no key that makes no sense: %j',
    async (orderingKey) => {
      const { leadhooks } = await openLeadhooks()
      const event = { organizationId, type, data: {}, orderingKey: orderingKey as string }
      await expect(leadhooks.dispatchEvent(event)).rejects.toMatchObject({
        code: 'invalid_request',
        issues: [{ pointer: '/orderingKey' }],
      })
    },
  )
})
