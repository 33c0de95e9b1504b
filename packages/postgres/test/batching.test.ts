import { createLeadhooks } from '@leadhooks/core'
import { hang, type ReceivedRequest, type ReceiverOptions, startReceiver } from '@leadhooks/core/testing'
import { postgresStorage } from '@leadhooks/postgres'
import { expect, onTestFinished, test } from 'vitest'
import { encryptionKeys, network, openLeadhooks } from './open.ts'

const organizationId = 'acme'

async function openReceiver(options?: ReceiverOptions) {
  const receiver = await startReceiver(options)
  onTestFinished(async () => receiver.close())
  return receiver
}

const eventsOf = ({ body }: ReceivedRequest): string[] =>
  (JSON.parse(body.toString()) as { data: { id: string }[] }).data.map(({ id }) => id)

const events = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ organizationId, type: 'new_lead', data: { n } }))

test('the workers of three processes send each event by one request of many', async () => {
  const { url, leadhooks, pool } = await openLeadhooks()
  const others = [1, 2].map(() => {
    const storage = postgresStorage({ connectionString: url })
    return createLeadhooks({ storage, encryptionKeys, network })
  })
  onTestFinished(async () => {
    await Promise.all(others.map(async (other) => other.close()))
  })
  const receiver = await openReceiver()
  const batch = { maxEvents: 50, maxWaitMs: 800 }
  await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch, ordered: true })
  for (const one of [leadhooks, ...others]) one.startWorker()
  const dispatched: string[] = []
  for (let n = 0; n < 12; n++) {
    const inserted = await leadhooks.dispatchEvents(events(20))
    dispatched.push(...inserted.map(({ event }) => event.id))
  }
  await expect
    .poll(() => receiver.requests.flatMap(eventsOf).length, { timeout: 10_000 })
    .toBe(dispatched.length)
  expect(receiver.requests.flatMap(eventsOf).sort()).toEqual(dispatched.sort())
  expect(Math.max(...receiver.requests.map((request) => eventsOf(request).length))).toBeLessThanOrEqual(50)
  // Five at best; a part that each process has left when the time has come is one more.
  expect(receiver.requests.length).toBeLessThan(20)
  const written = async () => {
    const { rows } = await pool.query(`
      select count(*)::int as attempts, count(distinct batch ->> 'id')::int as batches, max(number) as most
      from leadhooks.attempts where status_code = 200`)
    return rows[0] as unknown
  }
  await expect.poll(written).toEqual({ attempts: 240, batches: receiver.requests.length, most: 1 })
})

test('what a worker had on its way that is gone goes by another one, all of it', async () => {
  const { url, leadhooks } = await openLeadhooks()
  const storage = postgresStorage({ connectionString: url })
  const delivery = { leaseMs: 1000 }
  const gone = createLeadhooks({ storage, encryptionKeys, network, delivery })
  onTestFinished(async () => gone.close())
  const receiver = await openReceiver({ respond: [hang, 200] })
  const batch = { maxEvents: 20, maxWaitMs: 500 }
  await leadhooks.webhooks.create({ organizationId, url: receiver.url, batch })
  gone.startWorker()
  await leadhooks.dispatchEvents(events(20))
  const [first] = await receiver.received(1)
  // As if its process had ended: it neither renews nor settles any more.
  await storage.close()
  leadhooks.startWorker()
  const statuses = async () =>
    (await leadhooks.deliveries.list({ organizationId, status: 'delivered' })).data.length
  await expect.poll(statuses, { timeout: 10_000 }).toBe(20)
  // It takes over as many at a time as the webhook has requests at once.
  const [, ...again] = receiver.requests
  expect(again.flatMap(eventsOf).sort()).toEqual(first && eventsOf(first).sort())
  expect(again.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['2', '2'])
})
