import { randomBytes } from 'node:crypto'
import { memoryStorage } from '@leadhooks/core'
import { type FakeClock, fakeClock } from '@leadhooks/core/testing'
import { describe, expect, test } from 'vitest'
import {
  dispatch,
  type Harness,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const second = 1000
const hour = 3600 * second
const encryptionKeys = [{ id: 'k1', key: randomBytes(32).toString('base64') }]

interface Stage extends Harness {
  clock: FakeClock
  storage: ReturnType<typeof memoryStorage>
  url: string
  start: Date
  /** The `n` of each event that the receiver was sent, in that order. */
  received: () => number[]
  /** What the receiver answers from now on. */
  answer: (statusCode: number) => void
}

async function open(): Promise<Stage> {
  const clock = fakeClock()
  const storage = memoryStorage()
  let statusCode = 200
  const receiver = await openReceiver({ respond: () => statusCode })
  const harness = await openLeadhooks({
    clock,
    storage,
    encryptionKeys,
    delivery: { retry: { delaysMs: [] }, circuit: false, autoDisable: false },
  })
  harness.leadhooks.startWorker()
  return {
    ...harness,
    clock,
    storage,
    url: receiver.url,
    start: new Date(clock.now()),
    received: () =>
      receiver.requests.map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n),
    answer: (next) => {
      statusCode = next
    },
  }
}

async function goOn(clock: FakeClock, seconds = 3): Promise<void> {
  for (let n = 0; n < seconds; n++) await clock.advance(second)
  await letSettle(clock)
}

describe('a recovery', () => {
  test('sends what came while a person had switched the webhook off, once', async () => {
    const { leadhooks, clock, url, start, received } = await open()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url })
    const other = await leadhooks.webhooks.create({ organizationId, url, enabled: false })
    const scope = { organizationId, id: webhook.id }
    await dispatch(leadhooks, 2)
    await goOn(clock)
    await leadhooks.webhooks.disable(scope)
    await dispatch(leadhooks, 3)
    await clock.advance(hour)
    await leadhooks.webhooks.enable(scope)
    await goOn(clock)
    expect(received()).toHaveLength(2)

    const dry = await leadhooks.webhooks.recover({ ...scope, since: start, dryRun: true })
    expect(dry).toEqual({ total: 3, replay: null })
    const { total, replay } = await leadhooks.webhooks.recover({ ...scope, since: start, perSecond: 2 })
    expect({ total, replay }).toMatchObject({
      total: 3,
      replay: { kind: 'recovery', state: 'running', webhookId: webhook.id, status: null, replayed: 0 },
    })
    const again = await leadhooks.webhooks.recover({ ...scope, since: start, includeFailed: true })
    await goOn(clock)
    expect(new Set(received().slice(2))).toEqual(new Set([0, 1, 2]))
    expect(received()).toHaveLength(5)
    const operation = { organizationId, id: replay?.id ?? '' }
    expect(await leadhooks.bulkReplays.get(operation)).toMatchObject({ state: 'completed', skipped: 0 })
    const { data } = await leadhooks.bulkReplays.list({ organizationId })
    expect(new Set(data.map(({ id }) => id))).toEqual(new Set([again.replay?.id, replay?.id]))
    expect(data.reduce((sum, { replayed }) => sum + replayed, 0)).toBe(3)
    expect((await leadhooks.deliveries.list({ organizationId, webhookId: other.webhook.id })).data).toEqual(
      [],
    )
  })

  test('brings a new webhook what was before it, by its event types and its filter', async () => {
    const { leadhooks, clock, url, start, received } = await open()
    await dispatch(leadhooks, 4)
    await leadhooks.dispatchEvent({ organizationId, type: 'lost_lead', data: { n: 3 } })
    await leadhooks.dispatchEvent({ organizationId: 'globex', type: 'new_lead', data: { n: 3 } })
    await clock.advance(hour)
    const { webhook } = await leadhooks.webhooks.create({
      organizationId,
      url,
      eventTypes: ['new_lead'],
      filter: { n: { $gte: 2 } },
    })
    const { total } = await leadhooks.webhooks.recover({ organizationId, id: webhook.id, since: start })
    expect(total).toBe(4)
    await goOn(clock)
    expect(new Set(received())).toEqual(new Set([2, 3]))
    expect(received()).toHaveLength(2)
    const ended = await leadhooks.deliveries.list({ organizationId, status: 'cancelled' })
    expect(ended.data.map(({ reason }) => reason)).toEqual(['filtered', 'filtered'])
    const failed = { organizationId, id: webhook.id, since: start, includeFailed: true, dryRun: true }
    expect((await leadhooks.webhooks.recover(failed)).total, 'What is filtered was not missed').toBe(0)
  })

  test('sends what was given up only when it is told to, and until a time', async () => {
    const { leadhooks, clock, url, start, received, answer, settledCount } = await open()
    answer(500)
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url })
    await dispatch(leadhooks, 2)
    await whileTimePasses(clock, settledCount(2))
    await letSettle(clock)
    await clock.advance(hour)
    answer(200)
    const missed = { organizationId, id: webhook.id, since: start }
    expect((await leadhooks.webhooks.recover({ ...missed, dryRun: true })).total).toBe(0)
    const none = await leadhooks.webhooks.recover({
      ...missed,
      until: start,
      includeFailed: true,
      dryRun: true,
    })
    expect(none.total).toBe(0)
    await leadhooks.webhooks.recover({ ...missed, includeFailed: true })
    await goOn(clock)
    expect(received()).toHaveLength(4)
    const { data } = await leadhooks.deliveries.list({ organizationId, status: 'delivered' })
    expect(data.every(({ replayOf, replayRoot }) => replayOf !== null && replayRoot === replayOf)).toBe(true)
  })

  test('can be paused and cancelled, and is gone on with by another worker', async () => {
    const { leadhooks, clock, storage, url, start, received } = await open()
    await dispatch(leadhooks, 6)
    await clock.advance(hour)
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url })
    const wanted = { organizationId, id: webhook.id, since: start, perSecond: 2 }
    const { replay } = await leadhooks.webhooks.recover(wanted)
    const scope = { organizationId, id: replay?.id ?? '' }
    await goOn(clock, 1)
    expect(await leadhooks.bulkReplays.pause(scope)).toMatchObject({ state: 'paused', replayed: 2 })
    await goOn(clock, 5)
    expect(received()).toHaveLength(2)
    await leadhooks.bulkReplays.resume(scope)
    await clock.advance(second)
    expect(await leadhooks.bulkReplays.cancel(scope)).toMatchObject({ state: 'cancelled', replayed: 4 })
    await goOn(clock, 5)
    expect(received()).toHaveLength(4)

    expect((await leadhooks.webhooks.recover(wanted)).total).toBe(2)
    await leadhooks.close()
    const other = await openLeadhooks({ clock, storage, encryptionKeys })
    other.leadhooks.startWorker()
    await goOn(clock, 20)
    const [last] = (await other.leadhooks.bulkReplays.list({ organizationId })).data
    expect(last).toMatchObject({ state: 'completed', replayed: 2 })
    expect(new Set(received()).size).toBe(6)
    expect(received()).toHaveLength(6)
  })

  test('of the same idempotency key is the first one, and of another wish a conflict', async () => {
    const { leadhooks, clock, url, start } = await open()
    await dispatch(leadhooks, 2)
    await clock.advance(hour)
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url })
    const wanted = { organizationId, id: webhook.id, since: start, idempotencyKey: 'after-the-holiday' }
    const first = await leadhooks.webhooks.recover(wanted)
    await goOn(clock)
    const second = await leadhooks.webhooks.recover(wanted)
    expect([second.total, second.replay?.id]).toEqual([2, first.replay?.id])
    const conflict = { code: 'conflict' }
    await expect(leadhooks.webhooks.recover({ ...wanted, includeFailed: true })).rejects.toMatchObject(
      conflict,
    )
    const { idempotencyKey } = wanted
    await expect(leadhooks.deliveries.replayMany({ organizationId, idempotencyKey })).rejects.toMatchObject(
      conflict,
    )
  })

  test.each([
    ['of another organization’s webhook', { organizationId: 'globex' }, 'not_found'],
    ['without a time', { since: undefined }, 'invalid_request'],
    ['since what is no time', { since: 'yesterday' }, 'invalid_request'],
    ['at a rate of none', { perSecond: 0 }, 'invalid_request'],
  ])('%s is refused', async (_, fault, code) => {
    const { leadhooks, clock, url, start } = await open()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url })
    const wanted = { organizationId, id: webhook.id, since: start, ...fault } as never
    await expect(leadhooks.webhooks.recover(wanted)).rejects.toMatchObject({ code })
    expect((await leadhooks.bulkReplays.list({ organizationId })).data).toEqual([])
    await letSettle(clock)
  })
})
