import assert from 'node:assert/strict'
import type { StoredBulkReplay } from '../model/bulk-replay.ts'
import type { Delivery } from '../model/delivery.ts'
import { newBulkReplayId } from '../ids.ts'
import type { ClaimedDelivery, Scoped, Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addWebhook,
  after,
  attemptRow,
  bulkReplayRow,
  claim,
  dispatch,
  hour,
  minute,
  only,
  race,
  settle,
  start,
} from './fixtures.ts'

async function giveUp(storage: Storage, claimed: ClaimedDelivery): Promise<void> {
  const attempt = attemptRow(1, { outcome: 'failed', failure: 'status', statusCode: 500 })
  await settle(storage, claimed, { attempt, next: { status: 'dead_letter', reason: 'exhausted' } })
}

/** Dead letters to each webhook that there is, one event a minute. */
async function addDeadLetters(storage: Storage, count: number, type = 'new_lead'): Promise<void> {
  for (let n = 0; n < count; n++)
    await dispatch(storage, { type, patterns: [type] }, { now: after(n * minute) })
  const claimed = await claim(storage, { now: after(count * minute), limit: 100 })
  for (const one of claimed) await giveUp(storage, one)
}

async function advance(storage: Storage, replay: Scoped, limit = 100): Promise<StoredBulkReplay | null> {
  const { organizationId, id } = replay
  return storage.advanceBulkReplay({ organizationId, id, limit, lookThrough: 100, now: after(2 * hour) })
}

async function listed(storage: Storage, organizationId = 'acme'): Promise<Delivery[]> {
  return storage.listDeliveries({ organizationId, limit: 1000 })
}

/** What the replays repeat that were made after `known` of them. */
async function replayed(storage: Storage, known: ReadonlySet<string> = new Set()): Promise<string[]> {
  const rows = await listed(storage)
  return rows.flatMap(({ id, replayOf }) => (replayOf === null || known.has(id) ? [] : [replayOf])).sort()
}

async function deadLetters(storage: Storage): Promise<string[]> {
  const rows = await storage.listDeliveries({ organizationId: 'acme', status: 'dead_letter', limit: 1000 })
  return rows.map(({ id }) => id).reverse()
}

export const bulkReplayCases: readonly ConformanceCase[] = [
  storageCase('a bulk replay is kept as it is, and its organization alone sees it', async (storage) => {
    const replay = bulkReplayRow({
      state: 'paused',
      kind: 'recovery',
      webhookId: 'whk_1',
      eventType: 'contact.created',
      status: null,
      includeFailed: true,
      since: start,
      total: 5,
      replayed: 3,
      skipped: 1,
      idempotencyKey: 'once',
      afterCreatedAt: after(5),
      afterId: 'dlv_5',
      finishedAt: after(7),
    })
    const later = bulkReplayRow({ createdAt: after(1) })
    for (const one of [replay, later]) assert.deepEqual(await storage.insertBulkReplay(one), one)
    assert.deepEqual(await storage.findBulkReplay(replay), replay)
    const page = { organizationId: 'acme', limit: 10 }
    assert.deepEqual(await storage.listBulkReplays(page), [later, replay])
    assert.deepEqual(await storage.listBulkReplays({ ...page, after: later }), [replay])
    const foreign = { organizationId: 'globex', id: replay.id }
    assert.equal(await storage.findBulkReplay(foreign), null)
    assert.equal(await advance(storage, foreign), null)
    const change = { from: ['paused'], to: 'running' } as const
    assert.equal(await storage.changeReplayState(foreign, change), null)
    assert.deepEqual(await storage.listBulkReplays({ ...page, organizationId: 'globex' }), [])
  }),

  storageCase('of bulk replays of the same idempotency key the first one counts', async (storage) => {
    const answers = await race(10, async () =>
      storage.insertBulkReplay(bulkReplayRow({ idempotencyKey: 'once' })),
    )
    assert.equal(new Set(answers.map(({ id }) => id)).size, 1)
    const others = [
      await storage.insertBulkReplay(bulkReplayRow({ idempotencyKey: 'twice' })),
      await storage.insertBulkReplay(bulkReplayRow()),
      await storage.insertBulkReplay(bulkReplayRow()),
      await storage.insertBulkReplay(bulkReplayRow({ idempotencyKey: 'once', organizationId: 'globex' })),
    ]
    assert.equal(new Set([...others, ...answers].map(({ id }) => id)).size, 5)
  }),

  storageCase('a bulk replay makes a delivery of each that matches, the oldest first', async (storage) => {
    const webhook = await addWebhook(storage)
    await addDeadLetters(storage, 5)
    const sources = await deadLetters(storage)
    const replay = await storage.insertBulkReplay(bulkReplayRow())
    const first = await advance(storage, replay, 2)
    assert.deepEqual([first?.state, first?.replayed, first?.skipped], ['running', 2, 0])
    assert.deepEqual(await replayed(storage), sources.slice(0, 2).sort())
    await advance(storage, replay, 2)
    const last = await advance(storage, replay, 2)
    assert.deepEqual([last?.state, last?.replayed, last?.finishedAt], ['completed', 5, after(2 * hour)])
    assert.deepEqual(await advance(storage, replay), last)
    assert.deepEqual(await storage.findBulkReplay(replay), last)
    assert.deepEqual(await replayed(storage), [...sources].sort())
    const claimed = await claim(storage, { now: after(3 * hour), limit: 100 })
    assert.deepEqual(
      claimed.map(({ webhook: { id }, attempt }) => [id, attempt]),
      sources.map(() => [webhook.id, 1]),
    )
  }),

  storageCase('a bulk replay leaves alone what does not match', async (storage) => {
    const [wanted, other] = [await addWebhook(storage), await addWebhook(storage)]
    await addWebhook(storage, { organizationId: 'globex' })
    await addDeadLetters(storage, 4)
    await dispatch(storage, { organizationId: 'globex' })
    const rows = await listed(storage)
    const times = new Map(rows.map(({ id, createdAt }) => [id, createdAt.getTime() - start.getTime()]))
    const filters: [Partial<StoredBulkReplay>, (row: Delivery) => boolean][] = [
      [{ webhookId: wanted.id }, ({ webhookId }) => webhookId === wanted.id],
      [{ webhookId: other.id, eventType: 'new_lead' }, ({ webhookId }) => webhookId === other.id],
      [{ eventType: 'contact.created' }, () => false],
      [{ status: 'delivered' }, () => false],
      [{ since: after(minute) }, ({ id }) => (times.get(id) ?? 0) >= minute],
      [{ until: after(minute) }, ({ id }) => (times.get(id) ?? 0) < minute],
      [
        { since: after(minute), until: after(3 * minute) },
        ({ id }) => [1, 2].includes((times.get(id) ?? 0) / minute),
      ],
    ]
    for (const [filter, isWanted] of filters) {
      const replay = await storage.insertBulkReplay(bulkReplayRow(filter))
      const expected = rows.filter(isWanted).map(({ id }) => id)
      assert.equal(
        await storage.countReplayable({ ...replay, status: replay.status ?? 'dead_letter' }),
        expected.length,
      )
      const known = new Set((await listed(storage)).map(({ id }) => id))
      await advance(storage, replay)
      assert.deepEqual(await replayed(storage, known), expected.sort())
    }
    assert.equal((await listed(storage, 'globex')).length, 1)
  }),

  storageCase('steps of a bulk replay at once replay nothing twice', async (storage) => {
    await addWebhook(storage)
    await addDeadLetters(storage, 10)
    const sources = await deadLetters(storage)
    const replay = await storage.insertBulkReplay(bulkReplayRow())
    await race(6, async () => advance(storage, replay, 2))
    assert.deepEqual(await replayed(storage), sources.sort())
    const done = await storage.findBulkReplay(replay)
    assert.deepEqual([done?.state, done?.replayed], ['completed', 10])
  }),

  storageCase('a bulk replay that is paused or cancelled goes no further', async (storage) => {
    await addWebhook(storage)
    await addDeadLetters(storage, 4)
    const replay = await storage.insertBulkReplay(bulkReplayRow())
    await advance(storage, replay, 1)
    const pause = { from: ['running'], to: 'paused' } as const
    assert.equal((await storage.changeReplayState(replay, pause))?.state, 'paused')
    assert.equal(await storage.changeReplayState(replay, pause), null)
    assert.deepEqual(await storage.listRunningReplays({ limit: 10 }), [])
    assert.equal((await advance(storage, replay))?.replayed, 1)
    await storage.changeReplayState(replay, { from: ['paused'], to: 'running' })
    assert.equal((await advance(storage, replay, 1))?.replayed, 2)
    const cancel = { from: ['running', 'paused'], to: 'cancelled' } as const
    const cancelled = await storage.changeReplayState({ ...replay, now: after(5) }, cancel)
    assert.deepEqual([cancelled?.state, cancelled?.finishedAt], ['cancelled', after(5)])
    assert.deepEqual(await advance(storage, replay), cancelled)
    assert.equal((await replayed(storage)).length, 2)
  }),

  storageCase('a bulk replay passes over deliveries whose webhook is no more', async (storage) => {
    const [gone] = [await addWebhook(storage), await addWebhook(storage)]
    await addDeadLetters(storage, 3)
    await storage.deleteWebhook(gone)
    const replay = await storage.insertBulkReplay(bulkReplayRow())
    const done = await advance(storage, replay)
    assert.deepEqual([done?.state, done?.replayed, done?.skipped], ['completed', 3, 3])
  }),

  storageCase('bulk replays that are running are found in all organizations', async (storage) => {
    const running = [
      await storage.insertBulkReplay(bulkReplayRow()),
      await storage.insertBulkReplay(bulkReplayRow({ organizationId: 'globex' })),
    ]
      .map(({ organizationId, id, perSecond }) => ({ organizationId, id, perSecond }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    for (const state of ['paused', 'completed', 'cancelled'] as const)
      await storage.insertBulkReplay(bulkReplayRow({ state }))
    assert.deepEqual(await storage.listRunningReplays({ limit: 10 }), running)
    assert.deepEqual(only(await storage.listRunningReplays({ limit: 1 })), running[0])
  }),

  storageCase(
    'bulk replays that are running are found in turns, one organization after the other',
    async (storage) => {
      for (const [n, organizationId] of ['acme', 'acme', 'acme', 'globex', 'globex'].entries())
        await storage.insertBulkReplay(
          bulkReplayRow({ id: newBulkReplayId(after(n).getTime()), organizationId }),
        )
      const running = await storage.listRunningReplays({ limit: 4 })
      assert.deepEqual(
        running.map(({ organizationId }) => organizationId),
        ['acme', 'globex', 'acme', 'globex'],
      )
    },
  ),
]
