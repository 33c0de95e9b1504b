import { createLeadhooks } from '@leadhooks/core'
import { startReceiver } from '@leadhooks/core/testing'
import { postgresStorage } from '@leadhooks/postgres'
import { expect, onTestFinished, test } from 'vitest'
import { encryptionKeys, network, openLeadhooks, openStorage } from './open.ts'
import { newWebhook } from './rows.ts'

const event = { organizationId: 'acme', type: 'new_lead', data: { id: 1 } }

test('a throttle holds for the workers of three processes together, and lets everything through in time', async () => {
  const { url, leadhooks } = await openLeadhooks()
  const others = [1, 2].map(() => {
    const storage = postgresStorage({ connectionString: url })
    return createLeadhooks({ storage, encryptionKeys, network })
  })
  onTestFinished(async () => {
    await Promise.all(others.map((other) => other.close()))
  })
  const receiver = await startReceiver()
  onTestFinished(async () => receiver.close())
  const throttle = { requests: 5, perMs: 500 }
  await leadhooks.webhooks.create({ organizationId: 'acme', url: receiver.url, throttle })
  await leadhooks.dispatchEvents(Array.from({ length: 25 }, () => event))
  for (const one of [leadhooks, ...others]) one.startWorker()
  const requests = await receiver.received(25)
  // Between any request and the fifth after it, at least one token less than five was refilled; a claim takes a moment to be sent.
  const times = requests.map(({ at }) => at.getTime())
  const first = times[0] ?? 0
  expect((times.at(-1) ?? 0) - first).toBeGreaterThan(19 * 100)
})

test('a throttled webhook whose row is locked keeps no other waiting, and is asked again once it is free', async () => {
  const { pool, storage } = await openStorage()
  const throttle = { requests: 5, perMs: 3_600_000 }
  const locked = newWebhook({ throttle })
  const other = newWebhook({ throttle })
  for (const webhook of [locked, other]) await storage.insertWebhook(webhook)
  const draws = [locked, other].map(({ organizationId, id }) => ({ organizationId, id, wanted: 6 }))
  const client = await pool.connect()
  await client.query('begin')
  await client.query('select from leadhooks.webhooks where id = $1 for update', [locked.id])
  expect(await storage.drawFromThrottles(draws, {})).toEqual([5, 5])
  await client.query('rollback')
  client.release()
  const waits = async () =>
    Promise.all([locked, other].map(async (webhook) => (await storage.findWebhook(webhook))?.waitsFor))
  expect(await waits()).toEqual([null, 'throttled'])
  expect(await storage.drawFromThrottles(draws, {})).toEqual([0, 0])
  expect(await waits()).toEqual(['throttled', 'throttled'])
})
