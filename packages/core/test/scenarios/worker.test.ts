import { randomBytes } from 'node:crypto'
import { LeadhooksError, memoryStorage, type Storage } from '@leadhooks/core'
import type { ClaimedDelivery } from '@leadhooks/core/storage'
import { fakeClock, hang } from '@leadhooks/core/testing'
import { describe, expect, test } from 'vitest'
import { dispatch, gate, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

describe('how much goes out at once', () => {
  test('a webhook never gets more requests at once than its concurrency, and gets that many', async () => {
    const { opened, open } = gate()
    const receiver = await openReceiver({
      respond: (_request, response) => void opened.then(() => response.end()),
    })
    const { leadhooks, settledCount } = await openLeadhooks()
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, concurrency: 3 })
    await dispatch(leadhooks, 20)
    leadhooks.startWorker()
    await receiver.received(3)
    // A second webhook's delivery comes and goes while the first one's three are stuck.
    const quick = await openReceiver()
    await leadhooks.webhooks.create({ organizationId, url: quick.url, eventTypes: ['other'] })
    await leadhooks.dispatchEvents([{ organizationId, type: 'other', data: {} }])
    await quick.received(1)
    expect(receiver.requests).toHaveLength(3)
    open()
    await settledCount(22)
    expect(receiver.requests).toHaveLength(21)
  })

  test('a slot that frees is filled at once, while the others are still busy', async () => {
    const { opened, open } = gate()
    let answered = 0
    const receiver = await openReceiver({
      respond: (_request, response) => (answered++ === 0 ? void opened.then(() => response.end()) : 200),
    })
    const { leadhooks, settledCount } = await openLeadhooks({
      delivery: { concurrency: 8, webhookConcurrency: 2 },
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks, 50)
    leadhooks.startWorker()
    // All but the first go through the one slot that is left.
    await receiver.received(50)
    open()
    await settledCount(50)
  })

  test('two workers of a process keep a webhook’s concurrency together', async () => {
    const { opened, open } = gate()
    let stuck = 0
    let mostStuck = 0
    const receiver = await openReceiver({
      respond(_request, response) {
        mostStuck = Math.max(mostStuck, ++stuck)
        void opened.then(() => {
          stuck--
          return response.end()
        })
      },
    })
    const { leadhooks, settledCount } = await openLeadhooks()
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, concurrency: 3 })
    leadhooks.startWorker()
    leadhooks.startWorker()
    await dispatch(leadhooks, 30)
    await receiver.received(3)
    // Both have looked for work since: another webhook's deliveries came and went.
    const quick = await openReceiver()
    await leadhooks.webhooks.create({ organizationId, url: quick.url, eventTypes: ['other'] })
    await leadhooks.dispatchEvents(
      Array.from({ length: 100 }, () => ({ organizationId, type: 'other', data: {} })),
    )
    await quick.received(100)
    expect(receiver.requests).toHaveLength(3)
    open()
    await settledCount(230)
    expect(mostStuck).toBe(3)
    expect(receiver.connections).toBe(3)
  })

  test('two workers share the work, each delivery made once', async () => {
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks()
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    leadhooks.startWorker()
    await dispatch(leadhooks, 500)
    await settledCount(500)
    expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(500)
    expect(receiver.requests).toHaveLength(500)
  })
})

describe('a receiver that hangs', () => {
  test('takes a quarter of the slots at most, whatever concurrency its webhook was given', async () => {
    const dead = await openReceiver({ respond: hang })
    const quick = await openReceiver()
    const { leadhooks } = await openLeadhooks({ delivery: { concurrency: 16 } })
    await leadhooks.webhooks.create({
      organizationId: 'greedy',
      url: dead.url,
      concurrency: 1000,
      timeoutMs: 1000,
    })
    await leadhooks.webhooks.create({ organizationId, url: quick.url })
    const event = { organizationId: 'greedy', type: 'new_lead', data: {} }
    await leadhooks.dispatchEvents(Array.from({ length: 100 }, () => event))
    leadhooks.startWorker()
    await dead.received(4)
    await dispatch(leadhooks, 20)
    await quick.received(20)
    expect(dead.requests).toHaveLength(4)
  })

  test('takes no other organization’s place, however many of its webhooks hang', async () => {
    const dead = await openReceiver({ respond: hang })
    const quick = await openReceiver()
    const { leadhooks } = await openLeadhooks()
    for (let n = 0; n < 7; n++) await leadhooks.webhooks.create({ organizationId: 'greedy', url: dead.url })
    await leadhooks.webhooks.create({ organizationId, url: quick.url })
    await leadhooks.dispatchEvents(
      Array.from({ length: 100 }, () => ({ organizationId: 'greedy', type: 'new_lead', data: {} })),
    )
    const worker = leadhooks.startWorker()
    await dead.received(32)
    await dispatch(leadhooks, 200)
    await quick.received(200)
    expect(dead.requests).toHaveLength(32)
    await worker.stop({ timeoutMs: 0 })
  })

  test('gets nothing of what was claimed ahead once its webhook is disabled', async () => {
    const clock = fakeClock()
    let hangs = false
    const receiver = await openReceiver({
      respond: (_request, response) => (hangs ? void response : 200),
    })
    const { leadhooks, settledCount } = await openLeadhooks({ clock, delivery: { timeoutMs: 60_000 } })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url, concurrency: 1 })
    leadhooks.startWorker()
    await dispatch(leadhooks, 100)
    // Fast at first, so that the worker claims ahead.
    await whileTimePasses(clock, settledCount(20))
    hangs = true
    await clock.advance(200)
    await leadhooks.webhooks.disable({ organizationId, id: webhook.id })
    await clock.advance(2000)
    const { length } = receiver.requests
    hangs = false
    await clock.advance(120_000)
    expect(receiver.requests.length).toBeLessThanOrEqual(length + 1)
  })
})

describe('stopping a worker', () => {
  test('waits for what is under way and gives back the rest, unspent', async () => {
    const { opened, open } = gate()
    const receiver = await openReceiver({
      respond: (_request, response) => void opened.then(() => response.end()),
    })
    const { leadhooks } = await openLeadhooks({ delivery: { concurrency: 8 } })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks, 10)
    const worker = leadhooks.startWorker()
    await receiver.received(2)
    const stopped = worker.stop()
    open()
    await stopped
    const { data } = await leadhooks.deliveries.list({ organizationId })
    expect(data.filter(({ status }) => status === 'delivered')).toHaveLength(2)
    expect(data.filter(({ status, attempts }) => status === 'pending' && attempts === 0)).toHaveLength(8)
    expect(receiver.requests).toHaveLength(2)
  })

  test('cuts off after its time what still hangs, due again at once for the next worker', async () => {
    const clock = fakeClock()
    let hangs = true
    const receiver = await openReceiver({ respond: (_request, response) => (hangs ? void response : 200) })
    const { leadhooks, settled, settledCount } = await openLeadhooks({
      clock,
      delivery: { retry: { delaysMs: [] } },
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks)
    const worker = leadhooks.startWorker()
    await receiver.received(1)
    const stopped = worker.stop({ timeoutMs: 5000 })
    await clock.advance(4999)
    expect(settled).toHaveLength(0)
    await whileTimePasses(clock, stopped)
    expect((await settledCount(1))[0]).toMatchObject({
      status: 'retrying',
      retryInMs: 0,
      attempt: { failure: 'worker_stopped', outcome: 'failed' },
    })
    hangs = false
    leadhooks.startWorker()
    expect((await whileTimePasses(clock, settledCount(2)))[1]).toMatchObject({ status: 'delivered' })
  })

  test('costs the receiver none of its tries, however often it happens', async () => {
    const clock = fakeClock()
    let hangs = true
    const receiver = await openReceiver({ respond: (_request, response) => (hangs ? void response : 500) })
    const { leadhooks, settledCount } = await openLeadhooks({
      clock,
      delivery: { retry: { delaysMs: [1000] } },
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks)
    for (const count of [1, 2, 3]) {
      const worker = leadhooks.startWorker()
      await whileTimePasses(clock, receiver.received(count))
      await whileTimePasses(clock, worker.stop({ timeoutMs: 0 }))
    }
    hangs = false
    leadhooks.startWorker()
    const settled = await whileTimePasses(clock, settledCount(5))
    expect(settled.slice(2).map(({ status, reason, retryInMs }) => [status, reason, retryInMs])).toEqual([
      ['retrying', null, 0],
      ['retrying', null, 1000],
      ['dead_letter', 'exhausted', null],
    ])
    expect((await leadhooks.deliveries.list({ organizationId })).data).toMatchObject([{ attempts: 5 }])
  })

  test('hands the housekeeping over to another worker', async () => {
    const clock = fakeClock()
    let sweeps = 0
    const storage = broken(memoryStorage(), 'expireDeliveries', () => void sweeps++)
    const { leadhooks } = await openLeadhooks({ clock, storage, delivery: { pollIntervalMs: 60_000 } })
    const first = leadhooks.startWorker()
    const second = leadhooks.startWorker()
    for (const minute of [1, 2, 3]) {
      await clock.advance(60_000)
      expect(sweeps, 'One of the two sweeps').toBe(minute)
    }
    await whileTimePasses(clock, first.stop())
    await clock.advance(60_000)
    expect(sweeps).toBe(4)
    leadhooks.startWorker()
    await whileTimePasses(clock, second.stop())
    await clock.advance(60_000)
    expect(sweeps).toBe(5)
  })

  test.each(['claimDeliveries', 'settleDeliveries'] as const)(
    'takes no longer than its time and a second where %s hangs',
    async (method) => {
      const clock = fakeClock()
      const receiver = await openReceiver()
      const storage = broken(memoryStorage(), method, () => new Promise(() => {}))
      const { leadhooks } = await openLeadhooks({ clock, storage })
      await leadhooks.webhooks.create({ organizationId, url: receiver.url })
      await dispatch(leadhooks)
      const worker = leadhooks.startWorker()
      if (method === 'settleDeliveries') await receiver.received(1)
      const stopped = worker.stop({ timeoutMs: 500 })
      await clock.advance(1500)
      await stopped
    },
  )

  test.each([-1, Number.NaN, '5', {}])('refuses %j for its time', async (timeoutMs) => {
    const { leadhooks } = await openLeadhooks()
    const worker = leadhooks.startWorker()
    await expect(worker.stop({ timeoutMs: timeoutMs as number })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  test('with all the time in the world waits for as long as it takes', async () => {
    const { opened, open } = gate()
    const receiver = await openReceiver({
      respond: (_request, response) => void opened.then(() => response.end()),
    })
    const { leadhooks, settledCount } = await openLeadhooks()
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks)
    const worker = leadhooks.startWorker()
    await receiver.received(1)
    const stopped = worker.stop({ timeoutMs: Infinity })
    open()
    await stopped
    expect(await settledCount(1)).toMatchObject([{ status: 'delivered' }])
  })

  test('twice, or with nothing to do, is fine', async () => {
    const { leadhooks } = await openLeadhooks()
    const worker = leadhooks.startWorker()
    await Promise.all([worker.stop(), worker.stop()])
    await worker.stop()
  })

  test('a closed Leadhooks starts no worker', async () => {
    const { leadhooks } = await openLeadhooks()
    await leadhooks.close()
    expect(() => leadhooks.startWorker()).toThrow(expect.objectContaining({ code: 'closed' }))
  })
})

describe('leases', () => {
  test('a request that outlasts its lease stays with its worker, which renews it', async () => {
    const clock = fakeClock()
    const { opened, open } = gate()
    const receiver = await openReceiver({
      respond: (_request, response) => void opened.then(() => response.end()),
    })
    const { leadhooks, settledCount } = await openLeadhooks({
      clock,
      delivery: { leaseMs: 3000, timeoutMs: 60_000 },
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks)
    leadhooks.startWorker()
    await receiver.received(1)
    leadhooks.startWorker()
    for (let second = 0; second < 10; second++) await clock.advance(1000)
    expect(receiver.requests).toHaveLength(1)
    open()
    expect((await whileTimePasses(clock, settledCount(1)))[0]).toMatchObject({
      status: 'delivered',
      superseded: false,
    })
  })

  test('that lapsed while the answer about them was held up are not used', async () => {
    const clock = fakeClock()
    const storage = memoryStorage()
    const claim = storage.claimDeliveries.bind(storage)
    const takenOver: ClaimedDelivery[] = []
    const { opened: isTakenOver, open } = gate()
    storage.claimDeliveries = async (request) => {
      const claimed = await claim(request)
      if (claimed.length === 0 || takenOver.length > 0) return claimed
      await clock.advance(60_000)
      takenOver.push(...(await claim({ ...request, now: new Date(clock.now()) })))
      open()
      return claimed
    }
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks({ clock, storage, delivery: { leaseMs: 60_000 } })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks)
    leadhooks.startWorker()
    await whileTimePasses(clock, isTakenOver)
    await clock.advance(1000)
    expect(receiver.requests).toHaveLength(0)
    await storage.releaseDeliveries(takenOver, { now: new Date(clock.now()) })
    const [settled] = await whileTimePasses(clock, settledCount(1))
    expect(settled).toMatchObject({ status: 'delivered', superseded: false })
    expect(receiver.requests).toHaveLength(1)
  })
})

test('a delivery that a worker lost to itself is sent once more and then settled', async () => {
  const clock = fakeClock()
  const { opened, open } = gate()
  let requests = 0
  const receiver = await openReceiver({
    respond: (_request, response) => (requests++ === 0 ? void opened.then(() => response.end()) : 200),
  })
  let isCutOff = true
  const { leadhooks, settledCount } = await openLeadhooks({
    clock,
    delivery: { leaseMs: 3000, timeoutMs: 60_000 },
    storage: broken(memoryStorage(), 'renewLeases', () => {
      if (isCutOff) throw new LeadhooksError('storage_unavailable', 'The database is gone')
    }),
  })
  await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  await dispatch(leadhooks)
  leadhooks.startWorker()
  await receiver.received(1)
  await whileTimePasses(clock, receiver.received(2))
  isCutOff = false
  open()
  await whileTimePasses(clock, settledCount(2))
  await clock.advance(20_000)
  expect(receiver.requests).toHaveLength(2)
  expect((await leadhooks.deliveries.list({ organizationId })).data).toMatchObject([
    { status: 'delivered', attempts: 2 },
  ])
})

describe('a fault of the host', () => {
  test.each([
    [
      'an observer that throws',
      {
        observe: () => {
          throw new Error('metrics are down')
        },
      },
    ],
    [
      'an observer that rejects',
      {
        observe: async () => {
          throw new Error('metrics are down')
        },
      },
    ],
    ['a logger that throws', { logger: { info: fail, warn: fail, error: fail }, observe: fail }],
  ])('%s stops nothing', async (_, options) => {
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks(options)
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await dispatch(leadhooks, 3)
    await receiver.received(3)
    await expect
      .poll(
        async () => (await leadhooks.deliveries.list({ organizationId, status: 'delivered' })).data.length,
      )
      .toBe(3)
  })
})

describe('a storage in trouble', () => {
  test('gets nothing more to do while results wait to be written', async () => {
    const { opened, open } = gate()
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks({
      delivery: { concurrency: 4, webhookConcurrency: 1 },
      storage: broken(memoryStorage(), 'settleDeliveries', () => opened),
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks, 1000)
    leadhooks.startWorker()
    await receiver.received(40)
    await leadhooks.deliveries.list({ organizationId })
    expect(receiver.requests.length).toBeLessThan(500)
    open()
    await settledCount(1000)
  })

  test('is not asked again and again when claims fail with work at hand', async () => {
    const clock = fakeClock()
    let isDown = false
    let claims = 0
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({
      clock,
      delivery: { concurrency: 4 },
      storage: broken(memoryStorage(), 'claimDeliveries', () => {
        claims++
        if (isDown) throw new LeadhooksError('storage_unavailable', 'The database is gone')
      }),
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks, 100)
    leadhooks.startWorker()
    await receiver.received(2)
    isDown = true
    const before = claims
    await clock.advance(1000)
    expect(claims - before).toBeLessThan(8)
  })

  test('results that cannot be written are held, and written when it is back', async () => {
    const storage = memoryStorage()
    let failures = 3
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks({
      storage: broken(storage, 'settleDeliveries', () => {
        if (failures-- > 0) throw new LeadhooksError('storage_unavailable', 'The database is locked')
      }),
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks, 5)
    leadhooks.startWorker()
    expect(await settledCount(5)).toHaveLength(5)
    expect(receiver.requests).toHaveLength(5)
  })

  test('is asked by one write while it is away, however many results wait', async () => {
    const { opened: asked, open } = gate()
    let isAway = true
    const writes: string[][] = []
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks({
      storage: broken(memoryStorage(), 'settleDeliveries', (settlements) => {
        if (!isAway) return
        writes.push(settlements.map(({ id }) => id))
        open()
        throw new LeadhooksError('storage_unavailable', 'The database is gone')
      }),
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await dispatch(leadhooks, 1)
    await asked
    for (let n = 2; n <= 6; n++) {
      await dispatch(leadhooks, 1)
      await receiver.received(n)
    }
    const before = writes.length
    // By now it asks every second or two.
    await expect.poll(() => writes.length, { timeout: 20_000 }).toBeGreaterThan(before + 1)
    const [first] = writes
    expect(first).toHaveLength(1)
    for (const write of writes) expect(write).toEqual(first)
    isAway = false
    expect(await settledCount(6)).toHaveLength(6)
  })

  test('a row that cannot be written does not keep the others from it', async () => {
    const storage = memoryStorage()
    const receiver = await openReceiver()
    const poisoned = 'evt_poison'
    const { leadhooks, settledCount } = await openLeadhooks({
      storage: broken(storage, 'settleDeliveries', async (settlements) => {
        for (const { id } of settlements) {
          const delivery = await storage.findDelivery({ organizationId, id })
          if (delivery?.eventId === poisoned) throw new LeadhooksError('storage_corrupt', 'A corrupt row')
        }
      }),
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {}, id: poisoned })
    await dispatch(leadhooks, 5)
    leadhooks.startWorker()
    const settled = await settledCount(5)
    expect(settled.map(({ eventId }) => eventId)).not.toContain(poisoned)
  })

  test('a delivery is not given up while it cannot be told how many tries there were', async () => {
    const clock = fakeClock()
    let hangs = true
    let isDown = true
    const receiver = await openReceiver({ respond: (_request, response) => (hangs ? void response : 500) })
    const { leadhooks, settledCount } = await openLeadhooks({
      clock,
      delivery: { retry: { delaysMs: [] } },
      storage: broken(memoryStorage(), 'listAttempts', () => {
        if (isDown) throw new LeadhooksError('storage_unavailable', 'The database is gone')
      }),
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks)
    const worker = leadhooks.startWorker()
    await receiver.received(1)
    await whileTimePasses(clock, worker.stop({ timeoutMs: 0 }))
    hangs = false
    leadhooks.startWorker()
    expect((await whileTimePasses(clock, settledCount(2)))[1]).toMatchObject({ status: 'retrying' })
    isDown = false
    await clock.advance(60_000)
    expect((await whileTimePasses(clock, settledCount(3)))[2]).toMatchObject({ reason: 'exhausted' })
  })

  test('claims that fail are tried again, with growing pauses', async () => {
    const clock = fakeClock()
    let claims = 0
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({
      clock,
      storage: broken(memoryStorage(), 'claimDeliveries', () => {
        if (claims++ < 8) throw new LeadhooksError('storage_unavailable', 'The database is gone')
      }),
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await dispatch(leadhooks)
    leadhooks.startWorker()
    await clock.advance(1000)
    expect(claims).toBeLessThan(6)
    await clock.advance(30_000)
    await receiver.received(1)
  })
})

test('a webhook whose secret no key opens ends its deliveries by name, without a request', async () => {
  const storage = memoryStorage()
  const receiver = await openReceiver()
  const { leadhooks } = await openLeadhooks({ storage })
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  const other = [{ id: 'k1', key: randomBytes(32).toString('base64') }]
  const { leadhooks: withAnotherKey, settledCount } = await openLeadhooks({ storage, encryptionKeys: other })
  await dispatch(leadhooks)
  withAnotherKey.startWorker()
  expect((await settledCount(1))[0]).toMatchObject({
    webhookId: webhook.id,
    status: 'dead_letter',
    reason: 'undecryptable',
    attempt: null,
  })
  expect(receiver.requests).toHaveLength(0)
})

test('a delivery older than its schedule and a day is given up, also while its webhook is disabled', async () => {
  const clock = fakeClock()
  const receiver = await openReceiver()
  const { leadhooks, observed } = await openLeadhooks({ clock, delivery: { pollIntervalMs: 60_000 } })
  const { webhook } = await leadhooks.webhooks.create({
    organizationId,
    url: receiver.url,
    retry: { delaysMs: [1000] },
  })
  await dispatch(leadhooks)
  await leadhooks.webhooks.disable({ organizationId, id: webhook.id })
  leadhooks.startWorker()
  await clock.advance(86_400_000 / 2)
  expect((await leadhooks.deliveries.list({ organizationId })).data).toMatchObject([{ status: 'pending' }])
  await clock.advance(86_400_000)
  expect((await leadhooks.deliveries.list({ organizationId })).data).toMatchObject([
    { status: 'dead_letter', reason: 'expired' },
  ])
  const told = observed.filter(({ type }) => type === 'delivery.dead_lettered')
  expect(told).toMatchObject([{ webhookId: webhook.id, eventType: 'new_lead', reason: 'expired' }])
})

test('a webhook without a policy of its own follows the host’s, also when the host changes it', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  const options = { clock, storage, encryptionKeys: [{ id: 'k1', key: randomBytes(32).toString('base64') }] }
  const before = await openLeadhooks({ ...options, delivery: { retry: { delaysMs: [] } } })
  const { leadhooks } = await openLeadhooks({
    ...options,
    delivery: { retry: { delaysMs: [86_400_000] }, pollIntervalMs: 60_000 },
  })
  const url = 'https://receiver.example/'
  const { webhook } = await before.leadhooks.webhooks.create({ organizationId, url })
  await dispatch(leadhooks)
  await leadhooks.webhooks.disable({ organizationId, id: webhook.id })
  leadhooks.startWorker()
  await clock.advance(1.5 * 86_400_000)
  expect((await leadhooks.deliveries.list({ organizationId })).data).toMatchObject([{ status: 'pending' }])
  await clock.advance(86_400_000)
  expect((await leadhooks.deliveries.list({ organizationId })).data).toMatchObject([{ reason: 'expired' }])
})

function fail(): never {
  throw new Error('a fault of the host')
}

/** A storage of which one method fails when `before` does. */
function broken<
  Method extends 'claimDeliveries' | 'settleDeliveries' | 'renewLeases' | 'expireDeliveries' | 'listAttempts',
>(
  storage: Storage<never>,
  method: Method,
  before: (...args: Parameters<Storage[Method]>) => void | Promise<void>,
): Storage<never> {
  const original = storage[method] as (...args: unknown[]) => Promise<unknown>
  return {
    ...storage,
    [method]: async (...args: Parameters<Storage[Method]>) => {
      await before(...args)
      return original(...args)
    },
  }
}
