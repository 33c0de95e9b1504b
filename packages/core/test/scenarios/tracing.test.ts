import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import {
  type DispatchOutcome,
  memoryStorage,
  type TracedAttempt,
  type TracedOutcome,
  type Tracing,
} from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { describe, expect, test } from 'vitest'
import { letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const type = 'new_lead'
const span = (n: number): string => `00-${'a'.repeat(32)}-${String(n).padStart(16, '0')}-01`

interface Recording {
  tracing: Tracing
  dispatched: DispatchOutcome[]
  started: TracedAttempt[]
  ended: TracedOutcome[]
}

/** Numbers spans, and notes what they are told. */
function record(tracestate: string | null = null): Recording {
  const [dispatched, started, ended]: [DispatchOutcome[], TracedAttempt[], TracedOutcome[]] = [[], [], []]
  let spans = 0
  const open = { tracestate, run: <Result>(work: () => Result): Result => work() }
  const tracing: Tracing = {
    startDispatch: () => ({
      ...open,
      traceparent: span(++spans),
      end: (outcome) => dispatched.push(outcome),
    }),
    startAttempt(attempt) {
      started.push(attempt)
      return { ...open, traceparent: span(++spans), end: (outcome) => ended.push(outcome) }
    },
  }
  return { tracing, dispatched, started, ended }
}

describe('tracing', () => {
  test('each attempt is told of with the span of its dispatch, and how it ended', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: [500, 200] })
    const { tracing, dispatched, started, ended } = record()
    const { leadhooks } = await openLeadhooks({ clock, tracing, delivery: { retry: { delaysMs: [10] } } })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent({ organizationId, type, data: {}, id: 'evt-1' })
    await whileTimePasses(clock, receiver.received(2))
    await letSettle(clock)
    expect(dispatched).toMatchObject([{ inserted: [{ deliveries: 1, duplicate: false }] }])
    expect(started).toMatchObject([
      { number: 1, event: { id: 'evt-1', traceparent: span(1) } },
      { number: 2, event: { id: 'evt-1', traceparent: span(1) } },
    ])
    expect(ended).toMatchObject([{ statusCode: 500 }, { statusCode: 200, outcome: 'succeeded' }])
  })

  test('all events of one call are of one span; a call that fails ends it too', async () => {
    const { tracing, dispatched } = record()
    const storage = memoryStorage()
    const { leadhooks } = await openLeadhooks({ tracing, storage })
    await leadhooks.dispatchEvents([
      { organizationId, type, data: {}, id: 'a' },
      { organizationId, type, data: {}, id: 'b' },
    ])
    for (const id of ['a', 'b'])
      expect((await storage.findEvent({ organizationId, id }))?.traceparent).toBe(span(1))
    const broken = { ...storage, insertEvents: async () => Promise.reject(new Error('gone')) }
    const { leadhooks: failing } = await openLeadhooks({ tracing, storage: broken })
    await expect(failing.dispatchEvent({ organizationId, type, data: {} })).rejects.toThrow('gone')
    expect(dispatched).toMatchObject([{ inserted: [{}, {}] }, { error: { message: 'gone' } }])
  })

  test('only a webhook with `traceContext` gets `traceparent` and `tracestate`, those of the attempt', async () => {
    const clock = fakeClock()
    const [asking, other] = [await openReceiver(), await openReceiver()]
    const { leadhooks } = await openLeadhooks({ clock, tracing: record('vendor=1').tracing })
    const webhook = await leadhooks.webhooks.create({ organizationId, url: asking.url, traceContext: true })
    await leadhooks.webhooks.create({ organizationId, url: other.url })
    leadhooks.startWorker()
    const sent = async (count: number) => {
      await leadhooks.dispatchEvent({ organizationId, type, data: {} })
      const all = await whileTimePasses(clock, Promise.all([asking.received(count), other.received(count)]))
      await letSettle(clock)
      return all.map((requests) => requests[count - 1]?.headers ?? {})
    }
    const [traced = {}, untraced = {}] = await sent(1)
    expect(traced['tracestate']).toBe('vendor=1')
    expect([span(2), span(3)]).toContain(traced['traceparent'])
    expect(untraced).not.toHaveProperty('traceparent')
    expect(untraced).not.toHaveProperty('tracestate')
    await leadhooks.webhooks.update({ organizationId, id: webhook.webhook.id, traceContext: false })
    expect((await sent(2))[0]).not.toHaveProperty('traceparent')
  })

  test('no header of a webhook takes their place', async () => {
    const clock = fakeClock()
    const storage = memoryStorage()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock, storage, tracing: record().tracing })
    const settings = { organizationId, url: receiver.url, headers: { TraceParent: span(9) } }
    await expect(leadhooks.webhooks.create(settings)).rejects.toMatchObject({
      code: 'invalid_request',
      issues: [{ pointer: '/headers/TraceParent' }],
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, traceContext: true })
    leadhooks.startWorker()
    await leadhooks.dispatchEvent({ organizationId, type, data: {} })
    const [request] = await whileTimePasses(clock, receiver.received(1))
    expect(request?.headers['traceparent']).toBe(span(2))
    await letSettle(clock)
  })

  test('a worker does not work in the name of the request that has woken it', async () => {
    const requests = new AsyncLocalStorage<string>()
    const storage = memoryStorage()
    const claimedFor: (string | undefined)[] = []
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks({
      delivery: { pollIntervalMs: 60_000 },
      storage: {
        ...storage,
        async claimDeliveries(request) {
          claimedFor.push(requests.getStore())
          return storage.claimDeliveries(request)
        },
      },
    })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    await expect.poll(() => claimedFor.length).toBe(1)
    await setImmediate()
    await requests.run('POST /leads', async () => leadhooks.dispatchEvent({ organizationId, type, data: {} }))
    await settledCount(1)
    expect(claimedFor.length).toBeGreaterThan(1)
    expect(new Set(claimedFor)).toEqual(new Set([undefined]))
  })
})
