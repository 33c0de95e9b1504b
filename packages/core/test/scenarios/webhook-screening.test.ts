import { LeadhooksError, memoryStorage, type Storage } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import {
  dispatch,
  gate,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 7).toString('base64') }]
const hour = 3_600_000
const throttle = { requests: 5, perMs: hour }

/** A storage in which something happens first whenever the webhook is asked how many it lets through. */
function asking(isMeant: (id: string) => boolean, before: () => Promise<void>): Storage {
  const storage = memoryStorage()
  const drawFromThrottles: Storage['drawFromThrottles'] = async (draws, options) => {
    if (draws.some(({ id, wanted }) => isMeant(id) && wanted > 0)) await before()
    return storage.drawFromThrottles(draws, options)
  }
  return { ...storage, drawFromThrottles }
}

test('a throttled webhook that is slow to answer keeps no other waiting', async () => {
  const clock = fakeClock()
  const [locked, other] = [await openReceiver(), await openReceiver()]
  const { opened, open } = gate()
  const ids = { locked: '' }
  const { leadhooks } = await openLeadhooks({
    clock,
    storage: asking(
      (id) => id === ids.locked,
      () => opened,
    ),
  })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: locked.url, throttle })
  ids.locked = webhook.id
  await leadhooks.webhooks.create({ organizationId, url: other.url })
  leadhooks.startWorker()
  await dispatch(leadhooks, 100)
  await whileTimePasses(clock, other.received(100))
  expect(locked.requests).toHaveLength(0)
  open()
  await whileTimePasses(clock, locked.received(5))
  await letSettle(clock)
  expect(locked.requests).toHaveLength(5)
})

test('a webhook that cannot be asked is tried again later, at no cost to its deliveries or to others', async () => {
  const clock = fakeClock()
  const [broken, other] = [await openReceiver(), await openReceiver()]
  const state = { id: '', asked: 0, isBroken: true }
  const { leadhooks } = await openLeadhooks({
    clock,
    storage: asking(
      (id) => id === state.id,
      async () => {
        state.asked++
        if (state.isBroken) throw new LeadhooksError('storage_corrupt', 'This row cannot be read')
      },
    ),
  })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: broken.url, throttle })
  state.id = webhook.id
  await leadhooks.webhooks.create({ organizationId, url: other.url })
  leadhooks.startWorker()
  await dispatch(leadhooks, 3)
  await whileTimePasses(clock, other.received(3))
  await clock.advance(10_000)
  expect(state.asked).toBeGreaterThan(5)
  expect(state.asked).toBeLessThan(12)
  state.isBroken = false
  await whileTimePasses(clock, broken.received(3))
  await letSettle(clock)
  const { data } = await leadhooks.deliveries.list({ organizationId, webhookId: webhook.id })
  expect(data.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(
    Array.from({ length: 3 }, () => 'delivered 1'),
  )
})

test('what a throttle let through and a worker did not send is let through again', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver()
  const { opened, open } = gate()
  const [asked, ask] = [gate(), () => asked.open()]
  const storage = asking(
    () => true,
    async () => {
      ask()
      await opened
    },
  )
  const shared = { clock, storage, encryptionKeys }
  const [here, there] = [await openLeadhooks(shared), await openLeadhooks(shared)]
  const { webhook } = await here.leadhooks.webhooks.create({ organizationId, url: receiver.url, throttle })
  const worker = here.leadhooks.startWorker()
  await dispatch(here.leadhooks, 10)
  await whileTimePasses(clock, asked.opened)
  const stopped = worker.stop()
  open()
  await whileTimePasses(clock, stopped)
  expect(receiver.requests).toHaveLength(0)
  const health = await here.leadhooks.webhooks.health({ organizationId, id: webhook.id })
  expect(health).toMatchObject({ waitsFor: null })
  there.leadhooks.startWorker()
  await whileTimePasses(clock, receiver.received(5))
  await letSettle(clock)
  expect(receiver.requests).toHaveLength(5)
})
