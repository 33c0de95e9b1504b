import assert from 'node:assert/strict'
import type { Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addWebhook,
  after,
  attemptRow,
  bulkReplayRow,
  claim,
  claimOne,
  dispatch,
  eventRow,
  hour,
  minute,
  only,
  outcomes,
  raceAround,
  reload,
  settle,
  settlementOf,
  start,
} from './fixtures.ts'

const key = { organizationId: 'acme', id: 'evt-1' }
const secret = 'ada@example.com'

/** Dispatches the event that is to be redacted, with `secret` in its data. */
async function dispatchSecret(storage: Storage): Promise<void> {
  await dispatch(storage, { id: key.id, body: JSON.stringify({ data: secret }) })
}

/** Whether anything that can be read of an organization holds the secret. */
async function isLeft(storage: Storage): Promise<boolean> {
  const query = { organizationId: 'acme', limit: 1000 }
  const deliveries = await storage.listDeliveries(query)
  const seen: unknown[] = [await storage.findEvent(key), await storage.listEvents(query), deliveries]
  for (const delivery of deliveries)
    seen.push(await storage.listAttempts(delivery), await storage.findBody(delivery))
  return JSON.stringify(seen).includes(secret)
}

const echo = (number: number) => attemptRow(number, { responseBody: `got ${secret}` })

export const redactionCases: readonly ConformanceCase[] = [
  storageCase(
    'a redacted event has no data any more, and neither have its deliveries and attempts; all else stays',
    async (storage) => {
      await addWebhook(storage)
      await addWebhook(storage)
      await dispatchSecret(storage)
      const [first, second] = await claim(storage)
      assert.ok(first !== undefined && second !== undefined)
      const { id, lease } = first
      await storage.keepBodies([{ id, lease, format: 'standard', body: `{"shaped":"${secret}"}` }])
      await settle(storage, first, { attempt: echo(1) })
      await settle(storage, second, {
        attempt: echo(1),
        next: { status: 'dead_letter', reason: 'exhausted' },
      })
      const before = await storage.listDeliveries({ organizationId: 'acme', limit: 10 })
      const event = await storage.findEvent(key)
      assert.ok(event !== null && (await isLeft(storage)))
      const redacted = { ...event, body: '' }
      assert.deepEqual(await storage.redactEvent({ ...key, now: after(1) }), redacted)
      assert.deepEqual(await storage.findEvent(key), redacted)
      assert.deepEqual(await storage.listDeliveries({ organizationId: 'acme', limit: 10 }), before)
      for (const delivery of [first, second])
        assert.deepEqual(await storage.listAttempts(delivery), [attemptRow(1, { responseBody: null })])
      assert.equal(await isLeft(storage), false)
      assert.deepEqual(await storage.redactEvent({ ...key, now: after(2) }), redacted)
      assert.equal(await storage.redactEvent({ organizationId: 'acme', id: 'evt-unknown' }), null)
    },
  ),

  storageCase(
    'what is unfinished of an event is cancelled when it is redacted, also under lease',
    async (storage) => {
      for (let n = 0; n < 3; n++) await addWebhook(storage)
      await dispatchSecret(storage)
      const failed = await claimOne(storage, { limit: 1 })
      await settle(storage, failed, { attempt: echo(1), next: { status: 'retrying', delayMs: minute } })
      const leased = await claimOne(storage, { limit: 1 })
      await storage.redactEvent({ ...key, now: after(7) })
      const deliveries = await storage.listDeliveries({ organizationId: 'acme', eventId: key.id, limit: 10 })
      assert.equal(deliveries.length, 3)
      for (const { status, reason, nextAttemptAt, finishedAt } of deliveries)
        assert.deepEqual(
          [status, reason, nextAttemptAt, finishedAt],
          ['cancelled', 'redacted', null, after(7)],
        )
      assert.deepEqual(await storage.renewLeases([leased], { leaseMs: minute, now: start }), [])
      assert.deepEqual(await claim(storage, { now: after(hour) }), [])
      assert.deepEqual(await outcomes(storage, failed), ['1 succeeded'])
    },
  ),

  storageCase(
    'what a worker brings after an event was redacted leaves its attempt, without the answer',
    async (storage) => {
      for (let n = 0; n < 3; n++) await addWebhook(storage)
      await dispatchSecret(storage)
      const lapsed = await claimOne(storage, { limit: 1, leaseMs: 1 })
      const again = await claimOne(storage, { limit: 1, now: after(1) })
      assert.equal(again.id, lapsed.id)
      await settle(storage, again, { attempt: echo(2) })
      const [cut, cancelled] = await claim(storage)
      assert.ok(cut !== undefined && cancelled !== undefined)
      await storage.cancelDelivery({ ...cancelled, now: after(1) })
      await storage.redactEvent({ ...key, now: after(2) })
      const { id, lease } = cut
      assert.deepEqual(await storage.keepBodies([{ id, lease, format: 'standard', body: secret }]), [false])
      for (const late of [lapsed, cut, cancelled])
        assert.equal(await settle(storage, late, { attempt: echo(late.attempt) }), false)
      assert.deepEqual(await outcomes(storage, lapsed), ['1 superseded', '2 succeeded'])
      for (const late of [cut, cancelled]) assert.deepEqual(await outcomes(storage, late), ['1 superseded'])
      assert.equal(await isLeft(storage), false)
      const lost = await storage.listAttempts(lapsed)
      assert.deepEqual(
        lost?.map(({ responseBody }) => responseBody),
        [null, null],
      )
    },
  ),

  storageCase('a redacted event is not replayed, nor recovered', async (storage) => {
    const webhook = await addWebhook(storage)
    await dispatchSecret(storage)
    const claimed = await claimOne(storage)
    await settle(storage, claimed, { next: { status: 'dead_letter', reason: 'exhausted' } })
    await storage.redactEvent({ ...key, now: after(1) })
    assert.equal(await storage.replayDelivery({ ...claimed, now: after(2) }), null)
    assert.equal((await reload(storage, claimed)).status, 'dead_letter')
    assert.deepEqual(await claim(storage, { now: after(hour) }), [])
    const filter = {
      organizationId: 'acme',
      webhookId: null,
      eventType: null,
      status: 'dead_letter',
    } as const
    const time = { since: null, until: after(hour) }
    assert.equal(await storage.countReplayable({ ...filter, ...time }), 0)
    const replay = await storage.insertBulkReplay(bulkReplayRow({ until: after(hour) }))
    const replayed = await storage.advanceBulkReplay({ ...replay, limit: 10, lookThrough: 10, now: after(3) })
    assert.deepEqual([replayed?.state, replayed?.replayed, replayed?.skipped], ['completed', 0, 0])
    const missed = { webhook, since: start, until: after(hour), includeFailed: true, lookThrough: 10 }
    assert.deepEqual(await storage.countMissed(missed), { missed: 0, last: null })
    // The id counts all the same.
    const repeated = only(await storage.insertEvents([eventRow({ id: key.id })], { now: after(3) }))
    assert.deepEqual([repeated.duplicate, repeated.event.body, repeated.deliveries], [true, '', 0])
    assert.equal((await storage.findWebhook(webhook))?.id, webhook.id)
  }),

  storageCase('redacting an event touches no other', async (storage) => {
    await addWebhook(storage)
    await addWebhook(storage, { organizationId: 'globex' })
    await dispatchSecret(storage)
    const other = only(await dispatch(storage))
    const foreign = only(await dispatch(storage, { organizationId: 'globex', id: key.id }))
    await storage.redactEvent({ ...key, now: after(1) })
    for (const { patterns: _patterns, ...event } of [other, foreign])
      assert.deepEqual(await storage.findEvent(event), event)
    assert.deepEqual(
      new Set((await claim(storage)).map(({ event }) => event.body)),
      new Set([other.body, foreign.body]),
    )
  }),

  storageCase(
    'nothing of an event is left that is redacted while it is claimed, settled and replayed',
    async (storage) => {
      for (let n = 0; n < 6; n++) await addWebhook(storage)
      for (let round = 0; round < 5; round++) {
        const id = `evt-${round}`
        await dispatch(storage, { id, body: JSON.stringify({ data: secret }) })
        const claimed = await claim(storage, { limit: 3 })
        const send = async (): Promise<void> => {
          for (const one of claimed) {
            const { lease } = one
            await storage.keepBodies([{ id: one.id, lease, format: 'standard', body: secret }])
            await storage.settleDeliveries([settlementOf(one, { attempt: echo(one.attempt) })], {
              now: start,
            })
            await storage.replayDelivery({ organizationId: 'acme', id: one.id, now: start })
          }
          for (const one of await claim(storage, { limit: 2 }))
            await settle(storage, one, { attempt: echo(one.attempt) })
        }
        await raceAround(send, async () => storage.redactEvent({ organizationId: 'acme', id, now: after(1) }))
        const deliveries = await storage.listDeliveries({ organizationId: 'acme', eventId: id, limit: 100 })
        assert.ok(deliveries.every(({ finishedAt }) => finishedAt !== null))
        assert.equal(await isLeft(storage), false)
        assert.equal((await storage.findEvent({ organizationId: 'acme', id }))?.body, '')
      }
      assert.deepEqual(await claim(storage, { now: after(hour) }), [])
    },
  ),
]
