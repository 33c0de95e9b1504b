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

export const leaseCases: readonly ConformanceCase[] = [
  storageCase(
    'a lease lapses after its time, and another worker takes the delivery over',
    async (storage) => {
      const first = await addClaimed(storage)
      assert.deepEqual(await claim(storage, { now: after(minute - 1) }), [])
      const second = await claimOne(storage, { now: after(minute + 1) })
      assert.deepEqual([second.id, second.attempt], [first.id, 2])
      assert.notEqual(second.lease, first.lease)
    },
  ),

  storageCase('taking over a lapsed lease records a lost attempt and counts it', async (storage) => {
    const { id, organizationId } = await addClaimed(storage)
    assert.equal((await reload(storage, { organizationId, id })).attempts, 0)
    await claimOne(storage, { now: after(hour) })
    const delivery = await reload(storage, { organizationId, id })
    assert.deepEqual([delivery.status, delivery.attempts], ['pending', 1])
    const [lost, ...more] = (await storage.listAttempts({ organizationId, id })) ?? []
    assert.equal(more.length, 0)
    assert.deepEqual(
      [lost?.number, lost?.outcome, lost?.durationMs, lost?.statusCode, lost?.responseBody],
      [1, 'lost', null, null, null],
    )
    assert.ok(lost?.startedAt instanceof Date)
  }),

  storageCase('of ten callers who claim lapsed leases at once, one takes each over', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 20 })
    await claim(storage)
    const claims = await race(10, async () => claim(storage, { limit: 5, now: after(hour) }))
    const rest = await claim(storage, { now: after(hour) })
    const claimed = [...claims.flat(), ...rest]
    assert.equal(claimed.length, 20)
    assert.equal(new Set(claimed.map(({ id }) => id)).size, 20)
    for (const delivery of claimed) {
      assert.equal(delivery.attempt, 2)
      assert.deepEqual(await outcomes(storage, delivery), ['1 lost'])
    }
  }),

  storageCase(
    'of a delivery that was lost to a lapse nobody knows how its last attempt ended',
    async (storage) => {
      const claimed = await addClaimed(storage)
      await settle(storage, claimed, {
        attempt: attemptRow(1, { outcome: 'failed', failure: 'status', statusCode: 500 }),
        next: { status: 'retrying', delayMs: 0 },
      })
      await claimOne(storage, { now: after(1) })
      await claimOne(storage, { now: after(hour) })
      const last = async (): Promise<unknown[]> => {
        const { attempts, statusCode, failure } = await reload(storage, claimed)
        return [attempts, statusCode, failure]
      }
      assert.deepEqual(await last(), [2, null, null])
      for (let lapse = 2; lapse <= 5; lapse++) await claim(storage, { now: after(lapse * hour) })
      assert.deepEqual(await last(), [6, null, null])
    },
  ),

  storageCase('the fifth lapse in a row ends a delivery: worker_crash', async (storage) => {
    const claimed = await addClaimed(storage)
    for (let lapse = 1; lapse <= 4; lapse++) {
      assert.equal((await claimOne(storage, { now: after(lapse * hour) })).attempt, lapse + 1)
    }
    const told: GivenUp[] = []
    const onGivenUp = (deliveries: GivenUp[]): void => void told.push(...deliveries)
    assert.deepEqual(await claim(storage, { now: after(5 * hour), onGivenUp }), [])
    const crashed = await reload(storage, claimed)
    assert.deepEqual(told, [givenUp(crashed)])
    const { status, reason, attempts, nextAttemptAt, finishedAt } = crashed
    assert.deepEqual([status, reason, attempts, nextAttemptAt], ['dead_letter', 'worker_crash', 5, null])
    assert.deepEqual(finishedAt, after(5 * hour))
    assert.deepEqual(await outcomes(storage, claimed), ['1 lost', '2 lost', '3 lost', '4 lost', '5 lost'])
  }),

  storageCase('a delivery that ends for its fifth lapse is not handed out beside others', async (storage) => {
    const { id, webhook } = await addClaimed(storage)
    for (let lapse = 1; lapse <= 4; lapse++) await claimOne(storage, { now: after(lapse * hour) })
    await dispatch(storage)
    const room = new Map([[webhook.id, 1]])
    // The crashed one may be ended by this claim or, where it found no room, by the next.
    const claimed = await claim(storage, { room, now: after(5 * hour) })
    const rest = await claim(storage, { now: after(5 * hour) })
    assert.equal([...claimed, ...rest].length, 1)
    assert.equal((await reload(storage, { organizationId: 'acme', id })).reason, 'worker_crash')
  }),

  storageCase(
    'of what has lapsed twice in a row one is out at a time: the next goes when that has a result, or lapses',
    async (storage) => {
      await addWebhook(storage)
      await dispatch(storage, {}, { count: 3 })
      await claim(storage)
      assert.equal((await claim(storage, { now: after(hour) })).length, 3, 'One lapse says nothing')
      const [fresh] = await dispatch(storage, {}, { now: after(hour) })
      const [first, other] = await claim(storage, { now: after(2 * hour) })
      assert.ok(first !== undefined)
      assert.equal(other?.event.id, fresh?.id, 'What has not lapsed goes beside it')
      assert.deepEqual(await claim(storage, { now: after(2 * hour) }), [])
      await settle(storage, first, {}, after(2 * hour))
      const second = only(await claim(storage, { now: after(2 * hour) }))
      assert.deepEqual([second.attempt, second.id === first.id], [3, false])
      const third = (await claim(storage, { now: after(3 * hour) })).filter(({ attempt }) => attempt > 2)
      assert.equal(third.length, 1)
    },
  ),

  storageCase('a suspect without room keeps no other waiting', async (storage) => {
    const full = await addClaimed(storage)
    await claimOne(storage, { now: after(hour) })
    const { webhook } = await addClaimed(storage, { organizationId: 'other' })
    await claim(storage, { now: after(2 * hour), room: new Map([[full.webhook.id, 0]]) })
    const claimed = await claim(storage, { now: after(3 * hour), room: new Map([[full.webhook.id, 0]]) })
    assert.deepEqual(
      claimed.map((one) => [one.webhook.id, one.attempt]),
      [[webhook.id, 3]],
    )
  }),

  storageCase('lapses before a result no longer count towards the fifth', async (storage) => {
    let claimed = await addClaimed(storage)
    for (let lapse = 1; lapse <= 4; lapse++) claimed = await claimOne(storage, { now: after(lapse * hour) })
    await settle(storage, claimed, { next: { status: 'retrying', delayMs: 0 } }, after(4 * hour))
    for (let lapse = 4; lapse <= 8; lapse++) claimed = await claimOne(storage, { now: after(lapse * hour) })
    assert.equal(claimed.attempt, 10)
    assert.deepEqual(await claim(storage, { now: after(9 * hour) }), [])
    const { reason, attempts } = await reload(storage, claimed)
    assert.deepEqual([reason, attempts], ['worker_crash', 10])
  }),

  storageCase('a renewed lease runs on from now', async (storage) => {
    const claimed = await addClaimed(storage)
    const renewal = { leaseMs: minute, now: after(minute / 2) }
    assert.deepEqual(await storage.renewLeases([claimed], renewal), [claimed.id])
    assert.deepEqual(await claim(storage, { now: after(1.5 * minute - 1) }), [])
    assert.equal((await claimOne(storage, { now: after(1.5 * minute + 1) })).attempt, 2)
  }),

  storageCase('a lapsed lease that nobody took over can be renewed', async (storage) => {
    const claimed = await addClaimed(storage)
    const renewal = { leaseMs: minute, now: after(hour) }
    assert.deepEqual(await storage.renewLeases([claimed], renewal), [claimed.id])
    assert.deepEqual(await claim(storage, { now: after(hour + minute - 1) }), [])
    assert.equal(await settle(storage, claimed, {}, after(hour)), true)
    assert.deepEqual(await outcomes(storage, claimed), ['1 succeeded'])
  }),

  storageCase(
    'a lease that was taken over is not renewed, and the new one stays as it is',
    async (storage) => {
      const old = await addClaimed(storage)
      const current = await claimOne(storage, { now: after(hour) })
      assert.deepEqual(await storage.renewLeases([old], { leaseMs: 5 * minute, now: after(hour) }), [])
      assert.deepEqual(await claim(storage, { now: after(hour + minute - 1) }), [])
      const next = await claimOne(storage, { now: after(hour + minute + 1) })
      assert.deepEqual([next.id, next.attempt], [current.id, 3])
    },
  ),

  storageCase('renewing many leases answers those that are still held', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 5 })
    const claims = await claim(storage)
    const [settled, cancelled, released, ...held] = claims
    assert.ok(settled && cancelled && released)
    await settle(storage, settled, { next: { status: 'retrying', delayMs: hour } })
    await storage.cancelDelivery(cancelled)
    await storage.releaseDeliveries([released], {})
    const forged = { id: 'dlv_unknown', lease: released.lease }
    const renewed = await storage.renewLeases([...claims, forged], { leaseMs: minute, now: after(1) })
    assert.deepEqual(renewed.sort(), held.map(({ id }) => id).sort())
    assert.deepEqual(await storage.renewLeases([], { leaseMs: minute, now: after(1) }), [])
  }),

  storageCase('of renewing and taking over a lapsed lease at once, one happens', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 20 })
    const held = await claim(storage)
    const now = after(hour)
    const [takeOvers, renewed] = await raceAround(
      async () => claim(storage, { limit: 4, now }),
      async () => Promise.all(held.map(async (one) => storage.renewLeases([one], { leaseMs: minute, now }))),
    )
    const taken = new Map(takeOvers.flat().map((claimed) => [claimed.id, claimed]))
    for (const claimed of held) {
      const takeOver = taken.get(claimed.id)
      const isRenewed = renewed.flat().includes(claimed.id)
      assert.equal(isRenewed, takeOver === undefined, 'A lease must be renewed or taken over, not both')
      assert.deepEqual(await outcomes(storage, claimed), isRenewed ? [] : ['1 lost'])
      assert.equal(await settle(storage, takeOver ?? claimed, {}, after(hour)), true)
    }
  }),

  storageCase('a released delivery is due again at once, and no attempt is spent', async (storage) => {
    const claimed = await addClaimed(storage)
    await storage.releaseDeliveries([claimed], { now: after(5) })
    const { status, attempts } = await reload(storage, claimed)
    assert.deepEqual([status, attempts], ['pending', 0])
    assert.deepEqual(await storage.listAttempts(claimed), [])
    const again = await claimOne(storage, { now: after(5) })
    assert.deepEqual([again.id, again.attempt], [claimed.id, 1])
    assert.notEqual(again.lease, claimed.lease)
  }),

  storageCase('a released retry stays a retry', async (storage) => {
    const failed = attemptRow(1, { outcome: 'failed', failure: 'status', statusCode: 500 })
    const first = await addClaimed(storage)
    await settle(storage, first, { attempt: failed, next: { status: 'retrying', delayMs: 1000 } })
    const second = await claimOne(storage, { now: after(1000) })
    await storage.releaseDeliveries([second], { now: after(1001) })
    const { status, attempts, statusCode } = await reload(storage, first)
    assert.deepEqual([status, attempts, statusCode], ['retrying', 1, 500])
    assert.equal((await claimOne(storage, { now: after(1001) })).attempt, 2)
  }),

  storageCase('releases cost no attempt, however many there are', async (storage) => {
    const claimed = await addClaimed(storage)
    await storage.releaseDeliveries([claimed], { now: after(1) })
    for (let round = 0; round < 6; round++) {
      const again = await claimOne(storage, { now: after(1) })
      assert.equal(again.attempt, 1)
      await storage.releaseDeliveries([again], { now: after(1) })
    }
  }),

  storageCase('releasing changes only what the caller still holds', async (storage) => {
    const old = await addClaimed(storage)
    const current = await claimOne(storage, { now: after(hour) })
    await storage.releaseDeliveries([old, { id: 'dlv_unknown', lease: old.lease }], { now: after(hour) })
    await storage.releaseDeliveries([], {})
    assert.deepEqual(await claim(storage, { now: after(hour + 1) }), [])
    assert.equal(await settle(storage, current, {}, after(hour)), true)
    await storage.releaseDeliveries([current], { now: after(hour) })
    assert.equal((await reload(storage, current)).status, 'delivered')
  }),

  storageCase(
    'a release that comes while a lapsed lease is taken over leaves the new one alone',
    async (storage) => {
      await addWebhook(storage)
      await dispatch(storage, {}, { count: 20 })
      const held = await claim(storage)
      const now = after(hour)
      const [takeOvers] = await raceAround(
        async () => claim(storage, { limit: 4, now }),
        async () => Promise.all(held.map(async (one) => storage.releaseDeliveries([one], { now }))),
      )
      const taken = takeOvers.flat()
      const rest = await claim(storage, { now: after(hour) })
      assert.equal(new Set([...taken, ...rest].map(({ id }) => id)).size, 20)
      assert.equal(taken.length + rest.length, 20)
      for (const claimed of [...taken, ...rest]) {
        const lost = claimed.attempt === 2 ? ['1 lost'] : []
        assert.deepEqual(await outcomes(storage, claimed), lost)
        assert.equal(await settle(storage, claimed, {}, after(hour)), true)
      }
    },
  ),
]
