import assert from 'node:assert/strict'
import type { ShapedBody } from '../model/delivery.ts'
import type { ClaimedDelivery, Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addClaimed,
  addWebhook,
  after,
  attemptRow,
  bulkReplayRow,
  claim,
  claimOne,
  dispatch,
  hour,
  only,
  race,
  reload,
  settle,
  start,
} from './fixtures.ts'

const shaped: ShapedBody = { format: 'cloudevents', body: '{ "b": "Zoë “🪝”",\n"a": 12345678901234567890 }' }

async function keep(storage: Storage, { id, lease }: ClaimedDelivery, body = shaped): Promise<boolean> {
  return only(await storage.keepBodies([{ id, lease, ...body }]))
}

/** A delivery that has a body of its own, under lease. */
async function addShaped(storage: Storage, body = shaped): Promise<ClaimedDelivery> {
  const claimed = await addClaimed(storage)
  assert.equal(await keep(storage, claimed, body), true)
  return claimed
}

const sentBy = ({ shapedAs, event }: ClaimedDelivery): unknown => ({ format: shapedAs, body: event.body })

const failed = attemptRow(1, { outcome: 'failed', failure: 'status', statusCode: 500 })

/** How a delivery comes to be claimed once more. */
const ways: Record<string, (storage: Storage, claimed: ClaimedDelivery) => Promise<unknown>> = {
  'is tried again': async (storage, claimed) =>
    settle(storage, claimed, { attempt: failed, next: { status: 'retrying', delayMs: 0 } }),
  'is put off': async (storage, claimed) =>
    settle(storage, claimed, { attempt: null, next: { status: 'retrying', delayMs: 0 } }),
  'is given back': async (storage, claimed) => storage.releaseDeliveries([claimed], { now: start }),
  'was lost with its worker': async () => {},
}

export const bodyCases: readonly ConformanceCase[] = [
  ...Object.entries(ways).map(([way, takeWay]) =>
    storageCase(`a delivery that ${way} brings the body that was made for it`, async (storage) => {
      const claimed = await addShaped(storage)
      assert.deepEqual(await storage.findBody(claimed), shaped)
      await takeWay(storage, claimed)
      const again = await claimOne(storage, { now: after(hour) })
      assert.equal(again.id, claimed.id)
      assert.deepEqual(sentBy(again), shaped)
      assert.deepEqual(again.event, { ...claimed.event, body: shaped.body })
      await settle(storage, again, {}, after(hour))
      assert.deepEqual(await storage.findBody(claimed), shaped)
    }),
  ),

  storageCase('a delivery that nothing was made for sends the body of its event', async (storage) => {
    const claimed = await addClaimed(storage)
    assert.equal(claimed.shapedAs, null)
    assert.equal(await storage.findBody(claimed), null)
    await settle(storage, claimed, { attempt: failed, next: { status: 'retrying', delayMs: 0 } })
    const again = await claimOne(storage)
    assert.deepEqual([again.shapedAs, again.event], [null, claimed.event])
  }),

  storageCase('that a delivery sends the body of its event can be settled, too', async (storage) => {
    const own: ShapedBody = { format: 'leadhooks', body: null }
    const claimed = await addShaped(storage, own)
    assert.deepEqual(await storage.findBody(claimed), own)
    await storage.releaseDeliveries([claimed], { now: start })
    const again = await claimOne(storage)
    assert.deepEqual([again.shapedAs, again.event], ['leadhooks', claimed.event])
  }),

  storageCase('of many bodies each goes to its delivery, and only to it', async (storage) => {
    await addWebhook(storage)
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 20 })
    const all = await claim(storage)
    assert.equal(all.length, 40)
    const some = all.filter((_, index) => index % 2 === 0)
    const bodies = some.map(({ id, lease }) => ({ id, lease, format: 'data' as const, body: `"${id}"` }))
    assert.deepEqual(
      await storage.keepBodies(bodies),
      some.map(() => true),
    )
    assert.deepEqual(await storage.keepBodies([]), [])
    await storage.releaseDeliveries(all, { now: start })
    for (const one of await claim(storage)) {
      const isShaped = some.some(({ id }) => id === one.id)
      assert.equal(one.shapedAs, isShaped ? 'data' : null)
      assert.equal(one.event.body === `"${one.id}"`, isShaped)
    }
  }),

  storageCase('the first body that is kept stays', async (storage) => {
    const claimed = await addShaped(storage)
    assert.equal(await keep(storage, claimed, { format: 'data', body: '1' }), true)
    assert.deepEqual(await storage.findBody(claimed), shaped)
  }),

  storageCase('a body of a claim that no longer counts is not kept', async (storage) => {
    const old = await addClaimed(storage)
    const current = await claimOne(storage, { now: after(hour) })
    assert.equal(await keep(storage, { ...old, id: 'dlv_unknown' }), false)
    assert.equal(await keep(storage, old), false)
    assert.equal(await storage.findBody(current), null)
    const body: ShapedBody = { format: 'data', body: '1' }
    assert.equal(await keep(storage, current, body), true)
    assert.equal(await keep(storage, old), false)
    await settle(storage, current, {}, after(hour))
    assert.equal(await keep(storage, current), false)
    assert.deepEqual(await storage.findBody(current), body)
  }),

  storageCase('of ten callers who keep a body at once, the body of one stays', async (storage) => {
    const claimed = await addClaimed(storage)
    const answers = await race(10, async (index) =>
      keep(storage, claimed, { format: 'data', body: String(index) }),
    )
    assert.deepEqual(new Set(answers), new Set([true]))
    const kept = await storage.findBody(claimed)
    await storage.releaseDeliveries([claimed], { now: start })
    assert.deepEqual(sentBy(await claimOne(storage)), kept)
  }),

  storageCase('a body changes nothing of a delivery that others see', async (storage) => {
    const claimed = await addClaimed(storage)
    const before = await reload(storage, claimed)
    await keep(storage, claimed)
    assert.deepEqual(await reload(storage, claimed), before)
  }),

  storageCase('a replay sends what was made for the delivery that it repeats', async (storage) => {
    const claimed = await addShaped(storage)
    await settle(storage, claimed)
    const replay = await storage.replayDelivery({ ...claimed, now: after(1) })
    assert.ok(replay !== null)
    assert.deepEqual(await storage.findBody(replay), shaped)
    const again = await claimOne(storage, { now: after(1) })
    assert.deepEqual([again.id, again.attempt, sentBy(again)], [replay.id, 1, shaped])
    await settle(storage, again, {}, after(1))
    const next = await storage.replayDelivery({ ...replay, now: after(2) })
    assert.deepEqual(next && (await storage.findBody(next)), shaped)
  }),

  storageCase('so does each replay of many', async (storage) => {
    const plain = await addClaimed(storage)
    const dead = { next: { status: 'dead_letter', reason: 'exhausted' } } as const
    await settle(storage, plain, dead)
    await storage.updateWebhook(plain.webhook, { enabled: false, disabledReason: 'by_user' })
    const claimed = await addShaped(storage)
    await settle(storage, claimed, dead)
    const { id } = await storage.insertBulkReplay(bulkReplayRow())
    await storage.advanceBulkReplay({
      organizationId: 'acme',
      id,
      limit: 10,
      lookThrough: 10,
      now: after(10),
    })
    await storage.updateWebhook(plain.webhook, { enabled: true, disabledReason: null })
    const replays = await claim(storage, { now: after(10) })
    const sent = Object.fromEntries(replays.map((one) => [one.webhook.id, sentBy(one)]))
    assert.deepEqual(sent, { [claimed.webhook.id]: shaped, [plain.webhook.id]: sentBy(plain) })
  }),

  storageCase('a claim says whether an attempt of the delivery has failed', async (storage) => {
    const first = await addClaimed(storage)
    assert.equal(first.status, 'pending')
    const lost = await claimOne(storage, { now: after(hour) })
    assert.deepEqual([lost.attempt, lost.status], [2, 'pending'])
    await settle(storage, lost, { next: { status: 'retrying', delayMs: 0 } }, after(hour))
    assert.equal((await claimOne(storage, { now: after(hour) })).status, 'retrying')
    assert.equal((await claimOne(storage, { now: after(2 * hour) })).status, 'retrying')
  }),

  storageCase('a delivery that is put off is due later, and nothing else has come of it', async (storage) => {
    const claimed = await addClaimed(storage)
    const before = await reload(storage, claimed)
    const putOff = { attempt: null, next: { status: 'retrying', delayMs: 1500 } } as const
    assert.equal(await settle(storage, claimed, putOff, after(1)), true)
    assert.deepEqual(await reload(storage, claimed), { ...before, nextAttemptAt: after(1501) })
    assert.deepEqual(await storage.listAttempts(claimed), [])
    assert.deepEqual(await claim(storage, { now: after(1500) }), [])
    const again = await claimOne(storage, { now: after(1501) })
    assert.deepEqual([again.attempt, again.status], [1, 'pending'])
    await settle(storage, again, { attempt: failed, next: { status: 'retrying', delayMs: 0 } }, after(1501))
    const retry = await claimOne(storage, { now: after(1501) })
    await settle(storage, retry, putOff, after(1501))
    const { status, attempts, statusCode } = await reload(storage, claimed)
    assert.deepEqual([status, attempts, statusCode], ['retrying', 1, 500])
    assert.equal((await claimOne(storage, { now: after(hour) })).attempt, 2)
  }),
]
