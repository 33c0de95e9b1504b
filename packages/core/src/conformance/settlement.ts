import assert from 'node:assert/strict'
import { attemptFailures } from '../model/attempt-failures.ts'
import type { DeadLetterReason } from '../model/delivery.ts'
import type { Settlement } from '../storage/storage.ts'
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
  minute,
  only,
  outcomes,
  race,
  raceAround,
  reload,
  settle,
  settlementOf,
} from './fixtures.ts'

const retryLater: Settlement['next'] = { status: 'retrying', delayMs: minute }
const failed = { outcome: 'failed', failure: 'status', message: 'Answered 503', statusCode: 503 } as const

export const settlementCases: readonly ConformanceCase[] = [
  storageCase('a delivery that is delivered is finished', async (storage) => {
    const claimed = await addClaimed(storage)
    const before = await reload(storage, claimed)
    const attempt = attemptRow(1, { statusCode: 204 })
    assert.equal(await settle(storage, claimed, { attempt }, after(40)), true)
    assert.deepEqual(await reload(storage, claimed), {
      ...before,
      status: 'delivered',
      attempts: 1,
      nextAttemptAt: null,
      statusCode: 204,
      finishedAt: after(40),
    })
  }),

  storageCase('a delivery that failed is due again after its delay', async (storage) => {
    const claimed = await addClaimed(storage)
    const before = await reload(storage, claimed)
    const attempt = attemptRow(1, failed)
    const next = { status: 'retrying', delayMs: 1234 } as const
    assert.equal(await settle(storage, claimed, { attempt, next }, after(40)), true)
    assert.deepEqual(await reload(storage, claimed), {
      ...before,
      status: 'retrying',
      attempts: 1,
      nextAttemptAt: after(1274),
      statusCode: 503,
      failure: 'status',
    })
  }),

  storageCase('a delivery that is filtered out is cancelled, with no attempt', async (storage) => {
    const claimed = await addClaimed(storage)
    const before = await reload(storage, claimed)
    const next = { status: 'cancelled', reason: 'filtered' } as const
    assert.equal(await settle(storage, claimed, { attempt: null, next }, after(40)), true)
    assert.deepEqual(await reload(storage, claimed), {
      ...before,
      status: 'cancelled',
      reason: 'filtered',
      nextAttemptAt: null,
      finishedAt: after(40),
    })
    assert.deepEqual(await outcomes(storage, claimed), [])
  }),

  ...(['exhausted', 'undecryptable', 'gone'] as const).map((reason: DeadLetterReason) =>
    storageCase(`a delivery that is given up ends as a dead letter: ${reason}`, async (storage) => {
      const claimed = await addClaimed(storage)
      const before = await reload(storage, claimed)
      const attempt = attemptRow(1, failed)
      assert.equal(
        await settle(storage, claimed, { attempt, next: { status: 'dead_letter', reason } }, after(40)),
        true,
      )
      assert.deepEqual(await reload(storage, claimed), {
        ...before,
        status: 'dead_letter',
        reason,
        attempts: 1,
        nextAttemptAt: null,
        statusCode: 503,
        failure: 'status',
        finishedAt: after(40),
      })
    }),
  ),

  storageCase('a delivery that is given up without a request spends no attempt', async (storage) => {
    const claimed = await addClaimed(storage)
    const next = { status: 'dead_letter', reason: 'undecryptable' } as const
    assert.equal(await settle(storage, claimed, { attempt: null, next }), true)
    const { status, attempts, statusCode, failure } = await reload(storage, claimed)
    assert.deepEqual([status, attempts, statusCode, failure], ['dead_letter', 0, null, null])
    assert.deepEqual(await storage.listAttempts(claimed), [])
  }),

  storageCase(
    'every reason of a failed attempt is kept, with the attempt and with its delivery',
    async (storage) => {
      const claimed = await addClaimed(storage)
      for (const [index, failure] of attemptFailures.entries()) {
        const attempt = attemptRow(index + 1, { ...failed, failure })
        const current = index === 0 ? claimed : await claimOne(storage)
        await settle(storage, current, { attempt, next: { status: 'retrying', delayMs: 0 } })
        assert.equal((await reload(storage, claimed)).failure, failure)
      }
      const attempts = (await storage.listAttempts(claimed)) ?? []
      assert.deepEqual(
        attempts.map(({ failure }) => failure),
        attemptFailures,
      )
    },
  ),

  storageCase('an attempt is kept exactly as it was made', async (storage) => {
    const claimed = await addClaimed(storage)
    const plain = attemptRow(1, {
      startedAt: after(123),
      durationMs: 15_000,
      outcome: 'failed',
      failure: 'timeout',
      message: 'No answer within 15 s “✗”',
      statusCode: null,
      responseBody: null,
    })
    await settle(storage, claimed, { attempt: plain, next: { status: 'retrying', delayMs: 0 } })
    const full = attemptRow(2, {
      ...failed,
      durationMs: 0,
      responseBody: `<é\n\u2028"'\\>${'✗'.repeat(1360)}`,
      batch: { id: 'bat_1', size: 40 },
    })
    await settle(storage, await claimOne(storage), { attempt: full, next: retryLater })
    assert.deepEqual(await storage.listAttempts(claimed), [plain, full])
  }),

  storageCase('attempts are counted and listed by their number', async (storage) => {
    let claimed = await addClaimed(storage)
    for (let number = 1; number <= 12; number++) {
      assert.equal(claimed.attempt, number)
      const attempt = attemptRow(number, { ...failed, statusCode: 500 + number })
      await settle(storage, claimed, { attempt, next: { status: 'retrying', delayMs: 0 } })
      const { attempts, statusCode } = await reload(storage, claimed)
      assert.deepEqual([attempts, statusCode], [number, 500 + number])
      claimed = await claimOne(storage)
    }
    await settle(storage, claimed)
    const { attempts, statusCode, failure } = await reload(storage, claimed)
    assert.deepEqual([attempts, statusCode, failure], [13, 200, null])
    const numbers = (await storage.listAttempts(claimed))?.map(({ number }) => number)
    assert.deepEqual(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
  }),

  storageCase('the attempts of a delivery that is not there are null', async (storage) => {
    assert.equal(await storage.listAttempts({ organizationId: 'acme', id: 'dlv_unknown' }), null)
    assert.equal(await storage.findDelivery({ organizationId: 'acme', id: 'dlv_unknown' }), null)
  }),

  storageCase('many settlements are answered in the order given, each for itself', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 100 })
    const claims = await claim(storage)
    const isForged = (index: number): boolean => index % 3 === 1
    const settlements = claims.map((claimed, index) =>
      settlementOf(claimed, {
        ...(isForged(index) && { lease: 'forged' }),
        next: index % 2 === 0 ? { status: 'delivered' } : retryLater,
      }),
    )
    const unknown = { ...settlementOf(only(claims.slice(0, 1))), id: 'dlv_unknown' }
    const written = await storage.settleDeliveries([unknown, ...settlements], { now: after(1) })
    assert.deepEqual(written, [false, ...claims.map((_, index) => !isForged(index))])
    for (const [index, claimed] of claims.entries()) {
      const settled = index % 2 === 0 ? 'delivered' : 'retrying'
      assert.equal((await reload(storage, claimed)).status, isForged(index) ? 'pending' : settled)
    }
    assert.deepEqual(await storage.settleDeliveries([], { now: after(1) }), [])
  }),

  storageCase('a settlement with a token that was never given changes nothing', async (storage) => {
    const claimed = await addClaimed(storage)
    const before = await reload(storage, claimed)
    assert.equal(await settle(storage, { ...claimed, lease: 'forged' }, { disableWebhook: 'gone' }), false)
    assert.deepEqual(await reload(storage, claimed), before)
    assert.deepEqual(await storage.listAttempts(claimed), [])
    assert.deepEqual(await storage.findWebhook(claimed.webhook), claimed.webhook)
    assert.equal(await settle(storage, claimed), true)
  }),

  storageCase('a settlement that is repeated changes nothing and adds no attempt', async (storage) => {
    const claimed = await addClaimed(storage)
    const attempt = attemptRow(1, failed)
    assert.equal(await settle(storage, claimed, { attempt, next: retryLater }, after(1)), true)
    const before = await reload(storage, claimed)
    assert.equal(await settle(storage, claimed, { attempt, next: retryLater }, after(2)), false)
    assert.equal(await settle(storage, claimed, {}, after(3)), false)
    assert.deepEqual(await reload(storage, claimed), before)
    assert.deepEqual(await storage.listAttempts(claimed), [attempt])
  }),

  storageCase(
    'of ten callers who settle a delivery with the same lease at once, one is written',
    async (storage) => {
      const claimed = await addClaimed(storage)
      const answers = await race(10, async (index) => {
        const attempt = attemptRow(1, { ...failed, statusCode: 500 + index })
        return settle(storage, claimed, { attempt, next: { status: 'retrying', delayMs: index } })
      })
      const winner = only(answers.flatMap((written, index) => (written ? [index] : [])))
      const { attempts, nextAttemptAt, statusCode } = await reload(storage, claimed)
      assert.deepEqual([attempts, nextAttemptAt, statusCode], [1, after(winner), 500 + winner])
      const attempt = attemptRow(1, { ...failed, statusCode: 500 + winner })
      assert.deepEqual(await storage.listAttempts(claimed), [attempt])
    },
  ),

  storageCase('a lapsed lease that nobody took over can still settle', async (storage) => {
    const claimed = await addClaimed(storage)
    assert.equal(await settle(storage, claimed, {}, after(hour)), true)
    assert.equal((await reload(storage, claimed)).status, 'delivered')
    assert.deepEqual(await outcomes(storage, claimed), ['1 succeeded'])
  }),

  storageCase('a lapsed lease that was taken over cannot settle, and changes nothing', async (storage) => {
    const old = await addClaimed(storage)
    const current = await claimOne(storage, { now: after(hour) })
    const before = await reload(storage, old)
    const gone = { next: { status: 'dead_letter', reason: 'gone' }, disableWebhook: 'gone' } as const
    assert.equal(await settle(storage, old, gone, after(hour)), false)
    assert.deepEqual(await reload(storage, old), before)
    assert.deepEqual(await storage.findWebhook(old.webhook), old.webhook)
    assert.deepEqual(await claim(storage, { now: after(hour + minute - 1) }), [])
    assert.equal(await settle(storage, current, {}, after(hour)), true)
  }),

  storageCase(
    'a settlement that comes too late leaves its attempt in the place of the lost one',
    async (storage) => {
      const old = await addClaimed(storage)
      const current = await claimOne(storage, { now: after(hour) })
      const late = attemptRow(1, {
        startedAt: after(7),
        durationMs: 90_000,
        responseBody: 'late',
        batch: { id: 'bat_1', size: 2 },
      })
      assert.equal(await settle(storage, old, { attempt: late }, after(hour)), false)
      assert.deepEqual(await storage.listAttempts(old), [{ ...late, outcome: 'superseded' }])
      await settle(storage, current, { attempt: attemptRow(2, failed), next: retryLater }, after(hour))
      assert.deepEqual(await outcomes(storage, old), ['1 superseded', '2 failed'])
      assert.equal((await reload(storage, old)).attempts, 2)
    },
  ),

  storageCase('a settlement that comes after the next worker’s is kept all the same', async (storage) => {
    const old = await addClaimed(storage)
    const current = await claimOne(storage, { now: after(hour) })
    await settle(storage, current, { attempt: attemptRow(2, { statusCode: 201 }) }, after(hour))
    const before = await reload(storage, old)
    assert.equal(await settle(storage, old, { next: retryLater }, after(2 * hour)), false)
    assert.deepEqual(await reload(storage, old), before)
    assert.deepEqual(await outcomes(storage, old), ['1 superseded', '2 succeeded'])
  }),

  storageCase('a superseded attempt is written once, and not over what came of another', async (storage) => {
    const old = await addClaimed(storage)
    await claimOne(storage, { now: after(hour) })
    const first = attemptRow(1, { responseBody: 'first' })
    const second = attemptRow(1, { responseBody: 'second' })
    assert.equal(await settle(storage, old, { attempt: first }, after(hour)), false)
    assert.equal(await settle(storage, old, { attempt: second }, after(hour)), false)
    assert.deepEqual(await storage.listAttempts(old), [{ ...first, outcome: 'superseded' }])
  }),

  storageCase('the last of five workers may say too late what it did', async (storage) => {
    let claimed = await addClaimed(storage)
    for (let lapse = 1; lapse <= 4; lapse++) claimed = await claimOne(storage, { now: after(lapse * hour) })
    assert.deepEqual(await claim(storage, { now: after(5 * hour) }), [])
    const before = await reload(storage, claimed)
    assert.equal(await settle(storage, claimed, {}, after(6 * hour)), false)
    assert.deepEqual(await reload(storage, claimed), before)
    assert.deepEqual(await outcomes(storage, claimed), [
      '1 lost',
      '2 lost',
      '3 lost',
      '4 lost',
      '5 superseded',
    ])
  }),

  storageCase(
    'a settlement after its delivery was cancelled leaves its attempt, which counts, and nothing else',
    async (storage) => {
      const claimed = await addClaimed(storage)
      await storage.cancelDelivery({ ...claimed, now: after(1) })
      const before = await reload(storage, claimed)
      const late = attemptRow(1, { statusCode: 202 })
      assert.equal(await settle(storage, claimed, { attempt: late, disableWebhook: 'gone' }, after(2)), false)
      assert.deepEqual(await reload(storage, claimed), { ...before, attempts: 1 })
      assert.deepEqual(await storage.listAttempts(claimed), [{ ...late, outcome: 'superseded' }])
      assert.deepEqual(await storage.findWebhook(claimed.webhook), claimed.webhook)
      assert.equal(await settle(storage, claimed, { attempt: attemptRow(1) }, after(3)), false)
      assert.deepEqual(await storage.listAttempts(claimed), [{ ...late, outcome: 'superseded' }])
    },
  ),

  storageCase(
    'a settlement after its webhook was deleted leaves its attempt, and nothing else',
    async (storage) => {
      const claimed = await addClaimed(storage)
      await storage.deleteWebhook({ ...claimed.webhook, now: after(1) })
      const before = await reload(storage, claimed)
      assert.equal(await settle(storage, claimed, { disableWebhook: 'gone' }, after(2)), false)
      assert.deepEqual(await reload(storage, claimed), { ...before, attempts: 1 })
      assert.deepEqual(await outcomes(storage, claimed), ['1 superseded'])
    },
  ),

  storageCase('after a take-over and a cancellation both workers’ attempts are kept', async (storage) => {
    const first = await addClaimed(storage)
    const second = await claimOne(storage, { now: after(hour) })
    await storage.cancelDelivery({ ...first, now: after(hour) })
    assert.equal(await settle(storage, second, {}, after(hour)), false)
    assert.equal(await settle(storage, first, {}, after(hour)), false)
    assert.deepEqual(await outcomes(storage, first), ['1 superseded', '2 superseded'])
    const { status, attempts } = await reload(storage, first)
    assert.deepEqual([status, attempts], ['cancelled', 2])
  }),

  storageCase('a settlement that comes too late without a request leaves nothing', async (storage) => {
    const old = await addClaimed(storage)
    await claimOne(storage, { now: after(hour) })
    const next = { status: 'dead_letter', reason: 'undecryptable' } as const
    assert.equal(await settle(storage, old, { attempt: null, next }, after(hour)), false)
    await storage.cancelDelivery({ ...old, now: after(hour) })
    assert.equal(await settle(storage, old, { attempt: null, next }, after(hour)), false)
    assert.deepEqual(await outcomes(storage, old), ['1 lost'])
  }),

  storageCase('of settling and taking over a lapsed lease at once, one happens', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 20 })
    const held = await claim(storage)
    const now = after(hour)
    const [takeOvers, settled] = await raceAround(
      async () => claim(storage, { limit: 4, now }),
      async () => Promise.all(held.map(async (one) => settle(storage, one, {}, now))),
    )
    const taken = new Set(takeOvers.flat().map(({ id }) => id))
    for (const [index, claimed] of held.entries()) {
      assert.equal(settled[index], !taken.has(claimed.id), 'A lease must settle or be taken over, not both')
      assert.deepEqual(await outcomes(storage, claimed), settled[index] ? ['1 succeeded'] : ['1 superseded'])
      assert.equal((await reload(storage, claimed)).status, settled[index] ? 'delivered' : 'pending')
    }
  }),

  storageCase('a settlement can disable its webhook: its other deliveries wait', async (storage) => {
    const other = await addWebhook(storage, { eventTypes: ['new_lead'] })
    const claimed = await addClaimed(storage)
    await dispatch(storage, { type: 'new_lead', patterns: ['new_lead'] })
    const gone = { next: { status: 'dead_letter', reason: 'gone' }, disableWebhook: 'gone' } as const
    assert.equal(await settle(storage, claimed, gone, after(3)), true)
    const { updatedAt: _updatedAt, ...webhook } = (await storage.findWebhook(claimed.webhook)) ?? {}
    const { updatedAt: _before, ...before } = claimed.webhook
    assert.deepEqual(webhook, { ...before, enabled: false, disabledReason: 'gone', disabledAt: after(3) })
    assert.deepEqual(await storage.findWebhook(other), other)
    assert.equal((await claimOne(storage, { now: after(hour) })).webhook.id, other.id)
    await storage.updateWebhook(claimed.webhook, { enabled: true, updatedAt: after(4) })
    assert.equal((await claim(storage, { now: after(4) })).length, 1)
  }),
]
