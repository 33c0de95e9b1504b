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

interface Stage extends Harness {
  clock: FakeClock
  storage: ReturnType<typeof memoryStorage>
  webhookId: string
  /** What the receiver has got since it is well. */
  received: () => number
}

/** A receiver that was down, is back, and has missed so many deliveries. */
async function afterAnOutage(missed: number): Promise<Stage> {
  const clock = fakeClock()
  const storage = memoryStorage()
  let isDown = true
  const receiver = await openReceiver({ respond: () => (isDown ? 500 : 200) })
  const harness = await openLeadhooks({
    clock,
    storage,
    delivery: { retry: { delaysMs: [] }, circuit: false, autoDisable: false },
  })
  const { webhook } = await harness.leadhooks.webhooks.create({ organizationId, url: receiver.url })
  harness.leadhooks.startWorker()
  await dispatch(harness.leadhooks, missed)
  await whileTimePasses(clock, harness.settledCount(missed))
  await letSettle(clock)
  isDown = false
  const received = (): number => receiver.requests.length - missed
  return { ...harness, clock, storage, webhookId: webhook.id, received }
}

describe('a bulk replay', () => {
  test('delivers what was given up, at its rate, and tells how far it has come', async () => {
    const { leadhooks, clock, webhookId, received } = await afterAnOutage(10)
    const { total, replay } = await leadhooks.deliveries.replayMany({
      organizationId,
      webhookId,
      perSecond: 4,
    })
    expect({ total, replay }).toMatchObject({ total: 10, replay: { state: 'running', replayed: 0 } })
    const id = replay?.id ?? ''
    const counts: number[] = []
    for (let n = 0; n < 4; n++) {
      await clock.advance(second)
      counts.push((await leadhooks.bulkReplays.get({ organizationId, id })).replayed)
    }
    expect(counts).toEqual([4, 8, 10, 10])
    expect(await leadhooks.bulkReplays.get({ organizationId, id })).toMatchObject({
      state: 'completed',
      total: 10,
      skipped: 0,
    })
    await letSettle(clock)
    expect(received()).toBe(10)
    const { data } = await leadhooks.deliveries.list({ organizationId, status: 'delivered' })
    expect(data).toHaveLength(10)
    expect(data.every(({ replayOf, replayRoot }) => replayOf !== null && replayRoot === replayOf)).toBe(true)
  })

  test('is only counted on a dry run', async () => {
    const { leadhooks, clock, received } = await afterAnOutage(3)
    const counted = await leadhooks.deliveries.replayMany({ organizationId, dryRun: true })
    expect(counted).toEqual({ total: 3, replay: null })
    const none = await leadhooks.deliveries.replayMany({ organizationId, status: 'delivered', dryRun: true })
    expect(none.total).toBe(0)
    await clock.advance(5 * second)
    expect((await leadhooks.bulkReplays.list({ organizationId })).data).toEqual([])
    expect(received()).toBe(0)
  })

  test('can be paused, resumed and cancelled', async () => {
    const { leadhooks, clock, received } = await afterAnOutage(6)
    const { replay } = await leadhooks.deliveries.replayMany({ organizationId, perSecond: 2 })
    const scope = { organizationId, id: replay?.id ?? '' }
    await clock.advance(second)
    expect(await leadhooks.bulkReplays.pause(scope)).toMatchObject({ state: 'paused', replayed: 2 })
    await clock.advance(5 * second)
    expect(received()).toBe(2)
    await leadhooks.bulkReplays.resume(scope)
    await clock.advance(second)
    expect(await leadhooks.bulkReplays.cancel(scope)).toMatchObject({ state: 'cancelled', replayed: 4 })
    await clock.advance(5 * second)
    expect(received()).toBe(4)
    for (const change of ['pause', 'resume', 'cancel'] as const)
      await expect(leadhooks.bulkReplays[change](scope)).rejects.toMatchObject({ code: 'conflict' })
    const unknown = { organizationId, id: 'rpl_unknown' }
    await expect(leadhooks.bulkReplays.pause(unknown)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is gone on with by another worker when its own is no more', async () => {
    const { leadhooks, clock, storage, received } = await afterAnOutage(6)
    await leadhooks.deliveries.replayMany({ organizationId, perSecond: 2 })
    await clock.advance(second)
    await letSettle(clock)
    await leadhooks.close()
    expect(received()).toBe(2)
    const other = await openLeadhooks({ clock, storage })
    other.leadhooks.startWorker()
    await clock.advance(20 * second)
    const [replay] = (await other.leadhooks.bulkReplays.list({ organizationId })).data
    expect(replay).toMatchObject({ state: 'completed', replayed: 6 })
  })

  test('that cannot go on keeps no other waiting', async () => {
    const { leadhooks, clock, storage } = await afterAnOutage(2)
    const broken = await leadhooks.deliveries.replayMany({ organizationId })
    const sound = await leadhooks.deliveries.replayMany({ organizationId })
    const advance = storage.advanceBulkReplay.bind(storage)
    storage.advanceBulkReplay = async (step) => {
      if (step.id === broken.replay?.id) throw new Error('The row is damaged')
      return advance(step)
    }
    await clock.advance(2 * second)
    const state = async (id = '') => (await leadhooks.bulkReplays.get({ organizationId, id })).state
    expect(await state(sound.replay?.id)).toBe('completed')
    expect(await state(broken.replay?.id)).toBe('running')
  })

  test('of the same idempotency key is the first one, and of another filter a conflict', async () => {
    const { leadhooks, clock, webhookId, received } = await afterAnOutage(2)
    const input = { organizationId, idempotencyKey: 'after-the-outage' }
    const first = await leadhooks.deliveries.replayMany(input)
    await clock.advance(2 * second)
    expect((await leadhooks.deliveries.replayMany(input)).replay?.id).toBe(first.replay?.id)
    const other = leadhooks.deliveries.replayMany({ ...input, webhookId })
    await expect(other).rejects.toMatchObject({ code: 'conflict' })
    await clock.advance(5 * second)
    expect(received()).toBe(2)
  })

  test('of another organization’s webhook is not found', async () => {
    const { leadhooks, webhookId } = await afterAnOutage(1)
    const foreign = leadhooks.deliveries.replayMany({ organizationId: 'globex', webhookId })
    await expect(foreign).rejects.toMatchObject({ code: 'not_found' })
    expect((await leadhooks.deliveries.replayMany({ organizationId: 'globex', dryRun: true })).total).toBe(0)
  })
})

test('a bulk replay that is to go on until tomorrow replays what there is, and not its own replays', async () => {
  const { leadhooks, clock, received } = await afterAnOutage(3)
  const until = new Date(clock.now() + 86_400 * second)
  const wanted = { organizationId, status: 'dead_letter', until, idempotencyKey: 'once' } as const
  const { replay } = await leadhooks.deliveries.replayMany(wanted)
  expect(replay?.until.getTime()).toBe(clock.now())
  const again = await leadhooks.deliveries.replayMany(wanted)
  expect(again.replay?.id).toBe(replay?.id)
  await clock.advance(2 * second)
  await letSettle(clock)
  const delivered = await leadhooks.deliveries.replayMany({
    ...wanted,
    status: 'delivered',
    idempotencyKey: 'twice',
  })
  for (let n = 0; n < 10; n++) await clock.advance(second)
  await letSettle(clock)
  expect(delivered.total).toBe(3)
  expect(received()).toBe(6)
})
