import assert from 'node:assert/strict'
import { newDeliveryId } from '../ids.ts'
import type { FinishedStatus } from '../model/retention.ts'
import type { ClaimedDelivery, PagePosition, Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addWebhook,
  after,
  apiKeyRow,
  attemptRow,
  bulkReplayRow,
  claim,
  claimOne,
  dispatch,
  hour,
  minute,
  only,
  organizationRow,
  race,
  reload,
  second,
  settle,
  start,
} from './fixtures.ts'

const organizationId = 'acme'
const statuses: readonly FinishedStatus[] = ['delivered', 'dead_letter', 'cancelled']
const late = after(100 * hour)

/** Removes all deliveries of a status that were finished before then, in steps; answers how many, and the most of one step. */
async function forget(
  storage: Storage,
  status: FinishedStatus,
  { finishedBefore = late, limit = 100, owner = organizationId } = {},
): Promise<{ deliveries: number; attempts: number; most: number }> {
  const sum = { deliveries: 0, attempts: 0, most: 0 }
  let place: PagePosition | null = null
  do {
    const walk = { organizationId: owner, status, finishedBefore, limit, after: place }
    const step: Awaited<ReturnType<Storage['forgetDeliveries']>> = await storage.forgetDeliveries(walk)
    sum.deliveries += step.deliveries
    sum.attempts += step.attempts
    sum.most = Math.max(sum.most, step.deliveries + step.attempts)
    place = step.last
  } while (place !== null)
  return sum
}

async function forgetAll(storage: Storage): Promise<void> {
  for (const status of statuses) await forget(storage, status)
}

/** The same of events; answers how many. */
async function forgetEvents(storage: Storage, { createdBefore = late, limit = 100 } = {}): Promise<number> {
  let count = 0
  let place: PagePosition | null = null
  do {
    const walk = { organizationId, createdBefore, limit, after: place }
    const step: Awaited<ReturnType<Storage['forgetEvents']>> = await storage.forgetEvents(walk)
    count += step.events
    place = step.last
  } while (place !== null)
  return count
}

/** Ends a delivery at a time. */
async function end(
  storage: Storage,
  claimed: ClaimedDelivery,
  status: FinishedStatus,
  at: Date,
): Promise<void> {
  if (status === 'delivered') await settle(storage, claimed, {}, at)
  else if (status === 'cancelled')
    await storage.cancelDelivery({ organizationId: claimed.organizationId, id: claimed.id, now: at })
  else await settle(storage, claimed, { next: { status, reason: 'exhausted' } }, at)
}

async function counts(storage: Storage): Promise<{ deliveries: number; events: number }> {
  const query = { organizationId, limit: 1000 }
  const deliveries = await storage.listDeliveries(query)
  return { deliveries: deliveries.length, events: (await storage.listEvents(query)).length }
}

export const retentionCases: readonly ConformanceCase[] = [
  storageCase('finished deliveries go by their status and when they were finished', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 7 })
    const [unfinished, ...claimed] = await claim(storage)
    assert.ok(unfinished)
    for (const [index, one] of claimed.entries())
      await end(storage, one, statuses[index % 3] ?? 'delivered', after(index < 3 ? minute : hour))
    for (const status of statuses) {
      const isOver = { deliveries: 1, attempts: status === 'cancelled' ? 0 : 1 }
      const found = await forget(storage, status, { finishedBefore: after(hour) })
      assert.deepEqual({ deliveries: found.deliveries, attempts: found.attempts }, isOver, status)
      assert.equal((await forget(storage, status, { finishedBefore: after(hour) })).deliveries, 0)
    }
    for (const one of claimed.slice(0, 3)) {
      assert.equal(await storage.findDelivery(one), null)
      assert.equal(await storage.listAttempts(one), null)
    }
    for (const one of claimed.slice(3)) await reload(storage, one)
    await forgetAll(storage)
    const left = only(await storage.listDeliveries({ organizationId, limit: 100 }))
    assert.deepEqual([left.id, left.status], [unfinished.id, 'pending'])
    assert.equal(await settle(storage, unfinished), true)
  }),

  storageCase('deliveries go some rows at a time, their attempts counted', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 9 })
    for (const [index, one] of (await claim(storage)).entries()) {
      // Every second one is tried three times.
      const failures = index % 2 === 0 ? 2 : 0
      for (let attempt = 1; attempt <= failures; attempt++) {
        const next = { status: 'retrying', delayMs: 0 } as const
        const held = attempt === 1 ? one : only(await claim(storage, { limit: 1 }))
        await settle(storage, held, { attempt: attemptRow(attempt, { outcome: 'failed' }), next })
      }
      const held = failures > 0 ? only(await claim(storage, { limit: 1 })) : one
      await settle(storage, held)
    }
    const { deliveries, attempts, most } = await forget(storage, 'delivered', { limit: 4 })
    assert.deepEqual([deliveries, attempts], [9, 5 * 3 + 4])
    assert.ok(most < 4 + 4, `${most} rows went at once`)
  }),

  storageCase('other organizations keep theirs', async (storage) => {
    for (const owner of [organizationId, 'globex']) {
      await addWebhook(storage, { organizationId: owner })
      await dispatch(storage, { organizationId: owner })
    }
    for (const one of await claim(storage)) await settle(storage, one)
    await forgetAll(storage)
    await forgetEvents(storage)
    assert.deepEqual(await counts(storage), { deliveries: 0, events: 0 })
    const query = { organizationId: 'globex', limit: 10 }
    assert.equal((await storage.listDeliveries(query)).length, 1)
    assert.equal((await storage.listEvents(query)).length, 1)
  }),

  storageCase('a delivery stays as long as a replay names it', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage)
    const first = await claimOne(storage)
    await settle(storage, first)
    const chain = [first.id]
    for (let n = 1; n <= 2; n++) {
      const id = chain.at(-1) ?? ''
      const replay = await storage.replayDelivery({ organizationId, id, now: after(n * second) })
      assert.ok(replay)
      chain.push(replay.id)
      const held = await claimOne(storage, { now: after(n * second) })
      if (n === 1) await settle(storage, held, {}, after(n * second))
    }
    assert.equal((await forget(storage, 'delivered')).deliveries, 0, 'The last of the chain is not finished')
    assert.equal(await forgetEvents(storage), 0)
    await storage.cancelDelivery({ organizationId, id: chain.at(-1) ?? '', now: after(minute) })
    assert.equal((await forget(storage, 'cancelled')).deliveries, 1)
    for (let left = 2; left > 0; left--) assert.equal((await forget(storage, 'delivered')).deliveries, 1)
    assert.equal(await forgetEvents(storage), 1)
    assert.deepEqual(await counts(storage), { deliveries: 0, events: 0 })
  }),

  storageCase(
    'an event stays as long as it has a delivery, and its id is free afterwards',
    async (storage) => {
      const webhook = await addWebhook(storage)
      await addWebhook(storage)
      const id = 'order-1'
      await dispatch(storage, { id })
      const lonely = only(
        await dispatch(storage, { organizationId, id: 'order-2', type: 'x', patterns: ['x'] }),
      )
      const [one, other] = await claim(storage)
      assert.ok(one && other)
      await settle(storage, one)
      for (const claimed of await claim(storage)) await settle(storage, claimed)
      assert.equal(await forgetEvents(storage), 0)
      await forgetAll(storage)
      assert.equal(await forgetEvents(storage, { createdBefore: lonely.createdAt }), 0, 'Not old enough')
      for (const claimed of await claim(storage, { now: after(hour) }))
        await settle(storage, claimed, {}, after(hour))
      await forgetAll(storage)
      assert.equal(await forgetEvents(storage, { limit: 1 }), 2)
      assert.deepEqual(await counts(storage), { deliveries: 0, events: 0 })
      await storage.deleteWebhook({ organizationId, id: webhook.id })
      await dispatch(storage, { id }, { now: after(2 * hour) })
      assert.deepEqual(await counts(storage), { deliveries: 1, events: 1 })
      await claimOne(storage, { now: after(2 * hour) })
    },
  ),

  storageCase('an event without deliveries goes when it is old', async (storage) => {
    await dispatch(storage)
    await dispatch(storage, {}, { now: after(hour) })
    assert.equal(await forgetEvents(storage, { createdBefore: after(hour) }), 1)
    assert.equal(await forgetEvents(storage, { createdBefore: after(hour) }), 0)
    assert.deepEqual(await counts(storage), { deliveries: 0, events: 1 })
  }),

  storageCase('what was made to send goes with its delivery', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage)
    const { id, lease, ...held } = await claimOne(storage)
    await storage.keepBodies([{ id, lease, format: 'standard', body: '{}' }])
    await settle(storage, { id, lease, ...held })
    assert.ok(await storage.findBody({ organizationId, id }))
    await forgetAll(storage)
    assert.equal(await storage.findBody({ organizationId, id }), null)
  }),

  storageCase(
    'of deliveries that are replayed while they are removed, no replay is left without its event',
    async (storage) => {
      await addWebhook(storage)
      await dispatch(storage, {}, { count: 20 })
      const claimed = await claim(storage)
      for (const one of claimed) await settle(storage, one)
      await Promise.all([
        ...claimed.map(async ({ id }) => storage.replayDelivery({ organizationId, id, now: after(second) })),
        race(3, async () => {
          await forget(storage, 'delivered', { limit: 3 })
          await forgetEvents(storage, { limit: 3 })
        }),
      ])
      const { deliveries } = await counts(storage)
      const replays = await claim(storage, { now: after(second) })
      const left = (await storage.listDeliveries({ organizationId, limit: 100 })).filter(
        ({ finishedAt }) => finishedAt !== null,
      )
      assert.equal(replays.length + left.length, deliveries, 'Every replay can be sent')
      for (const { event } of replays)
        assert.ok(await storage.findEvent({ organizationId, id: event.id }), 'Its event is there')
    },
  ),

  storageCase('organizations are listed with their own retention, by their ids', async (storage) => {
    const retention = { days: false, deliveredDays: 7 } as const
    await storage.upsertOrganization(organizationRow({ id: 'b', retention }))
    await storage.upsertOrganization(organizationRow({ id: 'without events' }))
    for (const owner of ['c', 'a', 'b']) await dispatch(storage, { organizationId: owner }, { count: 3 })
    const own = (id: string) => ({ organizationId: id, retention: id === 'b' ? retention : null })
    assert.deepEqual(await storage.listRetentions({ afterId: '', limit: 10 }), ['a', 'b', 'c'].map(own))
    assert.deepEqual(await storage.listRetentions({ afterId: '', limit: 2 }), ['a', 'b'].map(own))
    assert.deepEqual(await storage.listRetentions({ afterId: 'b', limit: 2 }), [own('c')])
    assert.deepEqual(await storage.listRetentions({ afterId: 'c', limit: 2 }), [])
  }),

  storageCase('replays of many go when they were finished long ago', async (storage) => {
    const finished = (ms: number) => bulkReplayRow({ state: 'completed', finishedAt: after(ms) })
    const rows = [finished(1), finished(2), finished(hour), bulkReplayRow(), finished(3)]
    for (const row of rows) await storage.insertBulkReplay(row)
    await storage.insertBulkReplay({ ...finished(1), organizationId: 'globex' })
    const batch = { organizationId, finishedBefore: after(minute), limit: 2 }
    assert.deepEqual([await storage.forgetBulkReplays(batch), await storage.forgetBulkReplays(batch)], [2, 1])
    assert.equal((await storage.listBulkReplays({ organizationId, limit: 10 })).length, 2)
    assert.equal((await storage.listBulkReplays({ organizationId: 'globex', limit: 10 })).length, 1)
  }),

  storageCase('ended keys go, with their tokens and the counts of their use', async (storage) => {
    const expired = apiKeyRow({ expiresAt: after(second) })
    const revoked = apiKeyRow()
    const stays = [apiKeyRow(), apiKeyRow({ expiresAt: after(hour) })]
    for (const key of [expired, revoked, ...stays]) await storage.insertApiKey(key, `hash of ${key.id}`)
    await storage.revokeApiKey(revoked, { revokedAt: after(2 * second), reason: null })
    const use = { organizationId, id: revoked.id, interval: 'hour', outcome: 'ok' } as const
    const uses = Array.from({ length: 5 }, (_, n) => ({
      ...use,
      startsAt: start,
      route: `GET /${n}`,
      count: 1,
    }))
    await storage.recordApiKeyUsage([], uses)
    const [rotated] = stays
    assert.ok(rotated)
    const token = { start: 'lh_live_1234', last4: '5678', hash: 'new hash', rotatedAt: start }
    await storage.rotateApiKey(rotated, { ...token, graceEndsAt: after(second) })
    assert.equal(await storage.forgetApiKeys({ endedBefore: after(second), limit: 2 }), 0)
    let removed = 0
    for (let count = 1; count > 0; removed += count)
      count = await storage.forgetApiKeys({ endedBefore: after(minute), limit: 2 })
    assert.equal(removed, 2 + 2 + 5 + 1, 'Keys, tokens, counts, and a former token')
    const left = await storage.listApiKeys({ organizationId, limit: 10 })
    assert.deepEqual(new Set(left.map(({ id }) => id)), new Set(stays.map(({ id }) => id)))
    assert.equal(await storage.findApiKeyByHash([`hash of ${revoked.id}`, `hash of ${rotated.id}`]), null)
    assert.ok(await storage.findApiKeyByHash(['new hash']))
    const range = { from: start, to: after(hour) }
    assert.deepEqual(
      await storage.readApiKeyUsage({ organizationId, id: revoked.id, interval: 'hour', ...range }),
      [],
    )
  }),

  storageCase('a walk ends, wherever it begins', async (storage) => {
    const place = { createdAt: late, id: newDeliveryId(late.getTime()) }
    const walk = { organizationId, after: place, limit: 10 }
    const over = { status: 'delivered', finishedBefore: late } as const
    assert.equal((await storage.forgetDeliveries({ ...walk, ...over })).last, null)
    assert.equal((await storage.forgetEvents({ ...walk, createdBefore: late })).last, null)
  }),
]
