import assert from 'node:assert/strict'
import type { ClaimedDelivery, ClaimRequest, Scoped, Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addClaimed,
  addWebhook,
  after,
  claim,
  claimOne,
  dispatch,
  hour,
  only,
  race,
  start,
} from './fixtures.ts'

const claimOf = async (
  storage: Storage,
  webhook: Scoped,
  request: Partial<ClaimRequest> = {},
): Promise<ClaimedDelivery[]> => claim(storage, { only: webhook, ...request })

const eventsOf = (claimed: readonly ClaimedDelivery[]): string[] => claimed.map(({ event }) => event.id)

export const claimsOfOneCases: readonly ConformanceCase[] = [
  storageCase(
    'a claim for one webhook brings its earliest deliveries, as many as its limit says and none of others',
    async (storage) => {
      const webhook = await addWebhook(storage, { concurrency: 1 })
      const other = await addWebhook(storage)
      const ids: string[] = []
      for (const ms of [2, 1, 0]) ids.unshift(only(await dispatch(storage, {}, { now: after(ms) })).id)
      // Neither its room nor that of its organization is a matter.
      const full = {
        room: new Map([[webhook.id, 0]]),
        organizationRoom: new Map([['acme', 0]]),
        now: after(2),
      }
      const first = await claimOf(storage, webhook, { ...full, limit: 2 })
      assert.deepEqual(eventsOf(first), ids.slice(0, 2))
      assert.deepEqual(new Set(first.map((claimed) => claimed.webhook.id)), new Set([webhook.id]))
      assert.deepEqual(eventsOf(await claimOf(storage, webhook, full)), ids.slice(2))
      assert.deepEqual(await claimOf(storage, webhook, full), [])
      const rest = await claim(storage, { now: after(2) })
      assert.deepEqual(eventsOf(rest), ids)
      assert.deepEqual(new Set(rest.map((claimed) => claimed.webhook.id)), new Set([other.id]))
    },
  ),

  storageCase('a claim for one webhook takes over no lease that has lapsed', async (storage) => {
    const lost = await addClaimed(storage)
    const [event] = await dispatch(storage, {}, { now: after(hour) })
    const claimed = await claimOf(storage, lost.webhook, { now: after(hour) })
    assert.deepEqual(eventsOf(claimed), [event?.id])
    assert.equal((await claimOne(storage, { now: after(hour) })).id, lost.id)
  }),

  storageCase(
    'a claim for one webhook brings nothing while that waits or is switched off, or another organization asks',
    async (storage) => {
      const webhook = await addWebhook(storage)
      await dispatch(storage)
      assert.deepEqual(await claimOf(storage, { ...webhook, organizationId: 'globex' }), [])
      assert.deepEqual(await claimOf(storage, { ...webhook, id: 'whk_unknown' }), [])
      await storage.updateWebhook(webhook, { waitsUntil: after(1), waitsFor: 'batching' })
      assert.deepEqual(await claimOf(storage, webhook), [])
      await storage.updateWebhook(webhook, { enabled: false, disabledReason: 'failing', disabledAt: start })
      assert.deepEqual(await claimOf(storage, webhook, { now: after(1) }), [])
      await storage.updateWebhook(webhook, { enabled: true, disabledReason: null, disabledAt: null })
      assert.equal((await claimOf(storage, webhook, { now: after(1) })).length, 1)
    },
  ),

  storageCase('a claim for one webhook brings one delivery of each ordering key', async (storage) => {
    const webhook = await addWebhook(storage, { ordered: true })
    const ids: string[] = []
    for (const orderingKey of ['a', 'a', 'b', null])
      ids.push(only(await dispatch(storage, { orderingKey })).id)
    const [first, , other, free] = ids
    assert.deepEqual(new Set(eventsOf(await claimOf(storage, webhook))), new Set([first, other, free]))
    assert.deepEqual(await claimOf(storage, webhook), [])
  }),

  storageCase(
    'claims for one webhook that race with each other and with others hand out nothing twice',
    async (storage) => {
      const webhook = await addWebhook(storage)
      await dispatch(storage, {}, { count: 40 })
      const claims = await race(10, async (n) =>
        n % 2 === 0 ? claimOf(storage, webhook, { limit: 7 }) : claim(storage, { limit: 7 }),
      )
      const ids = claims.flat().map(({ id }) => id)
      assert.equal(new Set(ids).size, ids.length)
      const rest = await claimOf(storage, webhook)
      assert.equal(ids.length + rest.length, 40)
    },
  ),
]
