import { createLeadhooks } from '@leadhooks/core'
import { startReceiver } from '@leadhooks/core/testing'
import { postgresStorage } from '@leadhooks/postgres'
import { expect, onTestFinished, test } from 'vitest'
import { encryptionKeys, network, openLeadhooks } from './open.ts'

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
