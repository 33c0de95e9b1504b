import assert from 'node:assert/strict'
import type { GivenUp } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addClaimed,
  addWebhook,
  after,
  attemptRow,
  claim,
  claimOne,
  dispatch,
  expire,
  givenUp,
  hour,
  minute,
  only,
  outcomes,
  race,
  raceAround,
  reload,
  settle,
} from './fixtures.ts'

const expired = ['dead_letter', 'expired']

export const expiryCases: readonly ConformanceCase[] = [
  storageCase('a delivery older than its webhook allows is given up: expired', async (storage) => {
    await addWebhook(storage, { maxAgeMs: hour })
    await dispatch(storage)
    const before = only(await storage.listDeliveries({ organizationId: 'acme', limit: 10 }))
    assert.equal(await expire(storage, { now: after(hour - 1) }), 0)
    assert.equal(await expire(storage, { now: after(hour + 1) }), 1)
    assert.deepEqual(await reload(storage, before), {
      ...before,
      status: 'dead_letter',
      reason: 'expired',
      nextAttemptAt: null,
      finishedAt: after(hour + 1),
    })
    assert.deepEqual(await claim(storage, { now: after(hour + 1) }), [])
    assert.equal(await expire(storage, { now: after(2 * hour) }), 0)
  }),

  storageCase('a retry that waits longer than its webhook allows is given up, too', async (storage) => {
    const claimed = await addClaimed(storage, { maxAgeMs: hour })
    await settle(storage, claimed, { next: { status: 'retrying', delayMs: 9 * hour } })
    assert.equal(await expire(storage, { now: after(2 * hour) }), 1)
    const { status, reason, attempts } = await reload(storage, claimed)
    assert.deepEqual([status, reason, attempts], [...expired, 1])
  }),

  storageCase('one that expires with a vanished worker has lost its last attempt', async (storage) => {
    const claimed = await addClaimed(storage, { maxAgeMs: hour })
    await settle(storage, claimed, {
      attempt: attemptRow(1, { outcome: 'failed', failure: 'status', statusCode: 500 }),
      next: { status: 'retrying', delayMs: 0 },
    })
    await claimOne(storage, { now: after(1) })
    assert.equal(await expire(storage, { now: after(2 * hour) }), 1)
    const { reason, attempts, statusCode, failure } = await reload(storage, claimed)
    assert.deepEqual([reason, attempts, statusCode, failure], ['expired', 2, null, null])
  }),

  storageCase(
    'it is told which deliveries expired, waiting, tried or lost with a worker',
    async (storage) => {
      const { id: webhookId } = await addWebhook(storage, { maxAgeMs: hour })
      await dispatch(storage, {}, { count: 3 })
      const [retried, lost] = await claim(storage, { limit: 2 })
      assert.ok(retried && lost)
      await settle(storage, retried, { next: { status: 'retrying', delayMs: 9 * hour } })
      const query = { organizationId: 'acme', webhookId, limit: 10 }
      const before = await storage.listDeliveries(query)
      const expired = await storage.expireDeliveries({
        limit: 10,
        defaultMaxAgeMs: hour,
        now: after(2 * hour),
      })
      const byId = (rows: readonly GivenUp[]): GivenUp[] => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))
      assert.deepEqual(byId(expired), byId(before.map(givenUp)))
    },
  ),

  storageCase('deliveries of a disabled webhook expire as well', async (storage) => {
    const webhook = await addWebhook(storage, { maxAgeMs: hour })
    await dispatch(storage)
    await storage.updateWebhook(webhook, { enabled: false, updatedAt: after(1) })
    assert.equal(await expire(storage, { now: after(2 * hour) }), 1)
  }),

  storageCase('each webhook’s own age counts, as it is now', async (storage) => {
    const long = await addWebhook(storage, { maxAgeMs: 9 * hour })
    const short = await addWebhook(storage, { maxAgeMs: hour })
    const shortened = await addWebhook(storage, { maxAgeMs: 9 * hour })
    await dispatch(storage)
    await dispatch(storage, {}, { now: after(1.5 * hour) })
    await storage.updateWebhook(shortened, { maxAgeMs: hour, updatedAt: after(1) })
    assert.equal(await expire(storage, { now: after(2 * hour) }), 2)
    for (const [webhook, count] of [
      [long, 0],
      [short, 1],
      [shortened, 1],
    ] as const) {
      const query = {
        organizationId: 'acme',
        webhookId: webhook.id,
        status: 'dead_letter',
        limit: 10,
      } as const
      assert.equal((await storage.listDeliveries(query)).length, count)
    }
  }),

  storageCase('where a webhook has no age of its own, that of the caller counts', async (storage) => {
    const none = await addWebhook(storage, { maxAgeMs: null })
    const own = await addWebhook(storage, { maxAgeMs: 3 * hour })
    await dispatch(storage)
    assert.equal(await expire(storage, { defaultMaxAgeMs: 2 * hour, now: after(2 * hour - 1) }), 0)
    assert.equal(await expire(storage, { defaultMaxAgeMs: hour, now: after(2 * hour - 1) }), 1)
    const query = { organizationId: 'acme', status: 'pending', limit: 10 } as const
    assert.equal(only(await storage.listDeliveries(query)).webhookId, own.id)
    await storage.updateWebhook(own, { maxAgeMs: null, updatedAt: after(1) })
    await storage.updateWebhook(none, { maxAgeMs: 9 * hour, updatedAt: after(1) })
    await dispatch(storage)
    assert.equal(await expire(storage, { defaultMaxAgeMs: hour, now: after(2 * hour) }), 2)
  }),

  storageCase('a delivery under lease does not expire', async (storage) => {
    const claimed = await addClaimed(storage, { maxAgeMs: hour })
    await storage.renewLeases([claimed], { leaseMs: minute, now: after(2 * hour) })
    assert.equal(await expire(storage, { now: after(2 * hour) }), 0)
    assert.equal(await settle(storage, claimed, {}, after(2 * hour)), true)
  }),

  storageCase('a lapsed lease keeps no delivery from expiring, and its request is kept', async (storage) => {
    const claimed = await addClaimed(storage, { maxAgeMs: hour })
    await storage.updateWebhook(claimed.webhook, { enabled: false, updatedAt: after(1) })
    assert.equal(await expire(storage, { now: after(2 * hour) }), 1)
    const before = await reload(storage, claimed)
    assert.deepEqual([before.status, before.reason], expired)
    assert.equal(await settle(storage, claimed, {}, after(2 * hour)), false)
    assert.deepEqual(await reload(storage, claimed), before)
    assert.deepEqual(await outcomes(storage, claimed), ['1 superseded'])
  }),

  storageCase('finished deliveries do not expire', async (storage) => {
    await addWebhook(storage, { maxAgeMs: hour })
    await dispatch(storage, {}, { count: 2 })
    const [delivered, cancelled] = await claim(storage)
    assert.ok(delivered && cancelled)
    await settle(storage, delivered)
    await storage.cancelDelivery(cancelled)
    assert.equal(await expire(storage, { now: after(2 * hour) }), 0)
    assert.equal((await reload(storage, delivered)).status, 'delivered')
    assert.equal((await reload(storage, cancelled)).status, 'cancelled')
  }),

  storageCase('deliveries expire at most `limit` at a time, of all organizations', async (storage) => {
    for (const organizationId of ['acme', 'globex']) {
      await addWebhook(storage, { organizationId, maxAgeMs: hour })
      await dispatch(storage, { organizationId }, { count: 4 })
    }
    const counts = []
    for (let i = 0; i < 4; i++) counts.push(await expire(storage, { limit: 3, now: after(2 * hour) }))
    assert.deepEqual(counts, [3, 3, 2, 0])
  }),

  storageCase('callers who expire at once count each delivery once', async (storage) => {
    await addWebhook(storage, { maxAgeMs: hour })
    await dispatch(storage, {}, { count: 20 })
    const now = after(2 * hour)
    const counts = await race(6, async () => expire(storage, { limit: 5, now }))
    counts.push(await expire(storage, { limit: 100, now }))
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      20,
    )
  }),

  storageCase('of expiring and claiming a delivery at once, one happens', async (storage) => {
    await addWebhook(storage, { maxAgeMs: hour })
    await dispatch(storage, {}, { count: 20 })
    const now = after(2 * hour)
    const [claims, counts] = await raceAround(
      async () => claim(storage, { limit: 2, now }),
      async () => race(4, async () => expire(storage, { limit: 4, now })),
    )
    counts.push(await expire(storage, { limit: 100, now }))
    assert.equal(claims.flat().length + counts.reduce((sum, count) => sum + count), 20)
    for (const claimed of claims.flat()) assert.equal(await settle(storage, claimed, {}, now), true)
  }),

  storageCase('without `now` the storage’s own clock judges what is too old', async (storage) => {
    await addWebhook(storage, { maxAgeMs: hour })
    await dispatch(storage)
    assert.equal(await expire(storage), 1)
    assert.deepEqual(await claim(storage), [])
    await dispatch(storage, {}, { now: new Date() })
    assert.equal(await expire(storage), 0)
    await claimOne(storage, { now: undefined })
  }),
]
