import assert from 'node:assert/strict'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { addWebhook, after, claim, claimOne, eventRow, minute, settle, start } from './fixtures.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

export const traceCases: readonly ConformanceCase[] = [
  storageCase('where the span of a dispatch is found is kept with its event', async (storage) => {
    const event = eventRow({ traceparent })
    const [first] = await storage.insertEvents([event], { now: start })
    const [again] = await storage.insertEvents([{ ...event, traceparent: null }], { now: start })
    const stored = await storage.findEvent(event)
    assert.equal(stored?.traceparent, traceparent)
    assert.deepEqual(first?.event, stored)
    assert.deepEqual(again, { event: stored, deliveries: 0, duplicate: true })
    assert.deepEqual(await storage.listEvents({ organizationId: 'acme', limit: 10 }), [stored])
  }),

  storageCase('of several events at once each keeps its own span, or none', async (storage) => {
    const events = [eventRow({ traceparent }), eventRow(), eventRow({ traceparent: `${traceparent}2` })]
    await storage.insertEvents(events, { now: start })
    for (const event of events) assert.equal((await storage.findEvent(event))?.traceparent, event.traceparent)
  }),

  storageCase(
    'every claim brings the span of the dispatch: of a retry, a lapsed lease and a replay too',
    async (storage) => {
      await addWebhook(storage)
      await storage.insertEvents([eventRow({ traceparent })], { now: start })
      const claimed = await claimOne(storage)
      assert.equal(claimed.event.traceparent, traceparent)
      await settle(storage, claimed, { next: { status: 'retrying', delayMs: 1 } })
      const retried = await claimOne(storage, { now: after(minute) })
      assert.equal(retried.event.traceparent, traceparent)
      const takenOver = await claimOne(storage, { now: after(2 * minute) })
      assert.deepEqual([takenOver.attempt, takenOver.event.traceparent], [3, traceparent])
      await settle(storage, takenOver)
      await storage.replayDelivery({ organizationId: 'acme', id: claimed.id, now: after(3 * minute) })
      const [replayed] = await claim(storage, { now: after(3 * minute) })
      assert.equal(replayed?.event.traceparent, traceparent)
    },
  ),
]
