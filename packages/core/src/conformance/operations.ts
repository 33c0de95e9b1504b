import assert from 'node:assert/strict'
import type { Scoped, Storage, Timed } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addClaimed,
  addWebhook,
  after,
  attemptRow,
  claim,
  claimOne,
  dispatch,
  hour,
  only,
  outcomes,
  race,
  raceAround,
  reload,
  settle,
  start,
} from './fixtures.ts'

async function addPending(storage: Storage): Promise<Scoped> {
  await addWebhook(storage)
  await dispatch(storage)
  return only(await storage.listDeliveries({ organizationId: 'acme', limit: 10 }))
}

/** A delivery that failed once and is due again in an hour. */
async function addRetrying(storage: Storage): Promise<Scoped> {
  const claimed = await addClaimed(storage)
  const attempt = attemptRow(1, { outcome: 'failed', failure: 'connect', statusCode: null })
  await settle(storage, claimed, { attempt, next: { status: 'retrying', delayMs: hour } })
  return claimed
}

async function addDelivered(storage: Storage): Promise<Scoped> {
  const claimed = await addClaimed(storage)
  await settle(storage, claimed)
  return claimed
}

async function addDeadLetter(storage: Storage): Promise<Scoped> {
  const claimed = await addClaimed(storage)
  await settle(storage, claimed, { next: { status: 'dead_letter', reason: 'exhausted' } })
  return claimed
}

async function addCancelled(storage: Storage): Promise<Scoped> {
  const pending = await addPending(storage)
  await storage.cancelDelivery({ ...pending, now: after(1) })
  return pending
}

const finished = { delivered: addDelivered, 'a dead letter': addDeadLetter, cancelled: addCancelled }

const verbs = ['retryDelivery', 'replayDelivery', 'cancelDelivery', 'resolveDelivery'] as const

/** Cases that an operation answers with null and leaves as they are. */
function refusals(
  verb: (typeof verbs)[number],
  phrase: string,
  rows: Record<string, (storage: Storage) => Promise<Scoped>>,
): ConformanceCase[] {
  return Object.entries(rows).map(([state, add]) =>
    storageCase(`${phrase} a delivery that is ${state}: null, and nothing changes`, async (storage) => {
      const { organizationId, id } = await add(storage)
      const before = await reload(storage, { organizationId, id })
      assert.equal(await storage[verb]({ organizationId, id, now: after(9) }), null)
      assert.deepEqual(await reload(storage, { organizationId, id }), before)
    }),
  )
}

export const operationCases: readonly ConformanceCase[] = [
  ...verbs.map((verb) =>
    storageCase(`${verb} of a delivery that is not there is null`, async (storage) => {
      const unknown: Scoped & Timed = { organizationId: 'acme', id: 'dlv_unknown', now: after(1) }
      assert.equal(await storage[verb](unknown), null)
    }),
  ),

  storageCase('a waiting delivery can be made due now', async (storage) => {
    const waiting = await addRetrying(storage)
    const before = await reload(storage, waiting)
    const retried = await storage.retryDelivery({ ...waiting, now: after(5) })
    assert.deepEqual(retried, { ...before, nextAttemptAt: after(5) })
    assert.deepEqual(await reload(storage, waiting), retried)
    const claimed = await claimOne(storage, { now: after(5) })
    assert.deepEqual([claimed.id, claimed.attempt], [waiting.id, 2])
  }),

  storageCase('a pending delivery that is made due now stays due', async (storage) => {
    const pending = await addPending(storage)
    assert.equal((await storage.retryDelivery({ ...pending, now: after(5) }))?.status, 'pending')
    assert.equal((await claimOne(storage, { now: after(5) })).attempt, 1)
  }),

  storageCase('a delivery under lease is not made due: it is answered as it stands', async (storage) => {
    const claimed = await addClaimed(storage)
    const before = await reload(storage, claimed)
    assert.deepEqual(await storage.retryDelivery({ ...claimed, now: after(5) }), before)
    assert.deepEqual(await claim(storage, { now: after(5) }), [])
    assert.equal(await settle(storage, claimed), true)
  }),

  ...refusals('retryDelivery', 'making due', finished),

  ...Object.entries({ ...finished, retrying: addRetrying }).map(([state, add]) =>
    storageCase(
      `replaying a delivery that is ${state} makes a new one of the same event`,
      async (storage) => {
        const original = await add(storage)
        const before = await reload(storage, original)
        const replayed = await storage.replayDelivery({ ...original, now: after(5) })
        assert.ok(replayed !== null && replayed.id !== original.id)
        assert.deepEqual(replayed, {
          ...before,
          id: replayed.id,
          status: 'pending',
          reason: null,
          attempts: 0,
          nextAttemptAt: after(5),
          statusCode: null,
          failure: null,
          replayOf: original.id,
          replayRoot: original.id,
          replayDepth: 1,
          createdAt: after(5),
          finishedAt: null,
          resolvedAt: null,
        })
        assert.deepEqual(await reload(storage, replayed), replayed)
        assert.deepEqual(await reload(storage, original), before)
        assert.deepEqual(await storage.listAttempts(replayed), [])
        const event = await storage.findEvent({ organizationId: 'acme', id: before.eventId })
        const claimed = await claimOne(storage, { now: after(5) })
        assert.deepEqual([claimed.id, claimed.attempt], [replayed.id, 1])
        assert.deepEqual(claimed.event, {
          id: event?.id,
          type: event?.type,
          body: event?.body,
          traceparent: null,
        })
      },
    ),
  ),

  storageCase('a replay of a replay names both it and the first of the chain', async (storage) => {
    const first = await addDelivered(storage)
    const second = await storage.replayDelivery({ ...first, now: after(1) })
    assert.ok(second !== null)
    const third = await storage.replayDelivery({ ...second, now: after(2) })
    assert.ok(third !== null)
    assert.deepEqual([third.replayOf, third.replayRoot, third.replayDepth], [second.id, first.id, 2])
    const fourth = await storage.replayDelivery({ ...third, now: after(3) })
    assert.deepEqual([fourth?.replayOf, fourth?.replayRoot, fourth?.replayDepth], [third.id, first.id, 3])
  }),

  storageCase('a replay to a disabled webhook waits like any other delivery', async (storage) => {
    const claimed = await addClaimed(storage)
    await settle(storage, claimed)
    await storage.updateWebhook(claimed.webhook, { enabled: false, updatedAt: after(1) })
    assert.equal((await storage.replayDelivery({ ...claimed, now: after(2) }))?.status, 'pending')
    assert.deepEqual(await claim(storage, { now: after(hour) }), [])
  }),

  storageCase('a delivery whose webhook was deleted cannot be replayed', async (storage) => {
    const claimed = await addClaimed(storage)
    await settle(storage, claimed)
    await storage.deleteWebhook({ ...claimed.webhook, now: after(1) })
    assert.equal(await storage.replayDelivery({ ...claimed, now: after(2) }), null)
    only(await storage.listDeliveries({ organizationId: 'acme', limit: 10 }))
  }),

  storageCase(
    'a delivery that is replayed while its webhook is deleted leaves nothing unfinished behind',
    async (storage) => {
      for (let round = 0; round < 10; round++) {
        const claimed = await addClaimed(storage)
        await settle(storage, claimed)
        await raceAround(
          async () => storage.replayDelivery(claimed),
          async () => storage.deleteWebhook(claimed.webhook),
        )
      }
      const deliveries = await storage.listDeliveries({ organizationId: 'acme', limit: 1000 })
      const unfinished = deliveries.filter(({ finishedAt }) => finishedAt === null)
      assert.deepEqual(unfinished, [])
    },
  ),

  ...Object.entries({ pending: addPending, retrying: addRetrying, 'under lease': addClaimed }).map(
    ([state, add]) =>
      storageCase(
        `a delivery that is ${state} can be cancelled, and is never sent again`,
        async (storage) => {
          const { organizationId, id } = await add(storage)
          const before = await reload(storage, { organizationId, id })
          const cancelled = await storage.cancelDelivery({ organizationId, id, now: after(5) })
          assert.deepEqual(cancelled, {
            ...before,
            status: 'cancelled',
            reason: 'by_user',
            nextAttemptAt: null,
            finishedAt: after(5),
          })
          assert.deepEqual(await reload(storage, { organizationId, id }), cancelled)
          assert.deepEqual(await claim(storage, { now: after(2 * hour) }), [])
        },
      ),
  ),

  ...refusals('cancelDelivery', 'cancelling', finished),

  storageCase('of cancelling and settling a delivery at once, one happens', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 30 })
    const claims = await claim(storage)
    await race(claims.length, async (index) => {
      const claimed = claims[index]
      assert.ok(claimed !== undefined)
      const { organizationId, id } = claimed
      const cancelling = async () => storage.cancelDelivery({ organizationId, id, now: after(1) })
      const settling = async () => settle(storage, claimed, {}, after(1))
      const early = index % 2 === 0 ? cancelling() : undefined
      const [written, cancelled] = await Promise.all([settling(), early ?? cancelling()])
      const { status } = await reload(storage, claimed)
      assert.equal(status, written ? 'delivered' : 'cancelled')
      assert.equal(cancelled === null, written, 'A delivery must be settled or cancelled, not both')
      assert.deepEqual(await outcomes(storage, claimed), [written ? '1 succeeded' : '1 superseded'])
    })
  }),

  storageCase('of ten callers who cancel a delivery at once, one does', async (storage) => {
    const pending = await addPending(storage)
    const answers = await race(10, async (index) => storage.cancelDelivery({ ...pending, now: after(index) }))
    assert.deepEqual(only(answers.filter((answer) => answer !== null)), await reload(storage, pending))
  }),

  storageCase('a dead letter is resolved once: the first time stays', async (storage) => {
    const dead = await addDeadLetter(storage)
    const before = await reload(storage, dead)
    const resolved = { ...before, resolvedAt: after(5) }
    assert.deepEqual(await storage.resolveDelivery({ ...dead, now: after(5) }), resolved)
    assert.deepEqual(await storage.resolveDelivery({ ...dead, now: after(6) }), resolved)
    assert.deepEqual(await reload(storage, dead), resolved)
  }),

  storageCase(
    'of ten callers who resolve a dead letter at once, every one gets the time of the first',
    async (storage) => {
      const dead = await addDeadLetter(storage)
      const answers = await race(10, async (index) => storage.resolveDelivery({ ...dead, now: after(index) }))
      const stored = await reload(storage, dead)
      assert.notEqual(stored.resolvedAt, null)
      for (const answer of answers) assert.deepEqual(answer, stored)
    },
  ),

  ...refusals('resolveDelivery', 'resolving', {
    pending: addPending,
    retrying: addRetrying,
    'under lease': addClaimed,
    delivered: addDelivered,
    cancelled: addCancelled,
  }),

  storageCase('what waits for a webhook is cancelled, as many at a time as it says', async (storage) => {
    const [webhook, other] = [await addWebhook(storage), await addWebhook(storage)]
    await dispatch(storage, {}, { count: 5 })
    const waiting = { organizationId: 'acme', webhookId: webhook.id, createdBefore: null, now: after(1) }
    assert.equal(await storage.cancelWaiting({ ...waiting, organizationId: 'globex', limit: 10 }), 0)
    assert.equal(await storage.cancelWaiting({ ...waiting, limit: 3 }), 3)
    assert.equal(await storage.cancelWaiting({ ...waiting, limit: 3 }), 2)
    assert.equal(await storage.cancelWaiting({ ...waiting, limit: 3 }), 0)
    const rows = await storage.listDeliveries({ organizationId: 'acme', webhookId: webhook.id, limit: 10 })
    assert.deepEqual(
      rows.map(({ status, reason, finishedAt }) => [status, reason, finishedAt]),
      rows.map(() => ['cancelled', 'by_user', after(1)]),
    )
    const claimed = await claim(storage)
    assert.deepEqual(
      [claimed.length, new Set(claimed.map(({ webhook: { id } }) => id))],
      [5, new Set([other.id])],
    )
  }),

  storageCase('of what waits for a webhook the older part can be cancelled', async (storage) => {
    const webhook = await addWebhook(storage, { enabled: false, disabledReason: 'failing' })
    for (const ms of [0, 5, 10]) await dispatch(storage, {}, { now: after(ms) })
    const waiting = { organizationId: 'acme', webhookId: webhook.id, limit: 10 }
    assert.equal(await storage.cancelWaiting({ ...waiting, createdBefore: after(5), now: after(20) }), 1)
    const rows = await storage.listDeliveries({ organizationId: 'acme', limit: 10 })
    assert.deepEqual(
      rows.map(({ status, createdAt }) => [status, createdAt]),
      [
        ['pending', after(10)],
        ['pending', after(5)],
        ['cancelled', start],
      ],
    )
  }),

  storageCase('what a worker has is not cancelled with what waits', async (storage) => {
    const claimed = await addClaimed(storage)
    const waiting = { organizationId: 'acme', webhookId: claimed.webhook.id, createdBefore: null, limit: 10 }
    assert.equal(await storage.cancelWaiting({ ...waiting, now: after(1) }), 0)
    await settle(storage, claimed, {
      attempt: attemptRow(1, { outcome: 'failed', failure: 'connect', statusCode: null }),
      next: { status: 'retrying', delayMs: hour },
    })
    assert.equal(await storage.cancelWaiting({ ...waiting, now: after(2) }), 1)
    assert.equal((await reload(storage, claimed)).status, 'cancelled')
  }),

  storageCase(
    'what a worker had that is gone waits: it is cancelled, and its request is kept',
    async (storage) => {
      const claimed = await addClaimed(storage)
      const waiting = { organizationId: 'acme', webhookId: claimed.webhook.id, limit: 10, now: after(hour) }
      assert.equal(await storage.cancelWaiting({ ...waiting, createdBefore: start }), 0)
      assert.equal(await storage.cancelWaiting({ ...waiting, createdBefore: after(1) }), 1)
      const { status, reason, attempts } = await reload(storage, claimed)
      assert.deepEqual([status, reason, attempts], ['cancelled', 'by_user', 1])
      assert.deepEqual(await outcomes(storage, claimed), ['1 lost'])
      assert.deepEqual(await claim(storage, { now: after(2 * hour) }), [])
      assert.equal(await settle(storage, claimed, {}, after(hour)), false)
      assert.deepEqual(await outcomes(storage, claimed), ['1 superseded'])
    },
  ),
]
