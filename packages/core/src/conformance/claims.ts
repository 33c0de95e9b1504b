import assert from 'node:assert/strict'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addClaimed,
  addWebhook,
  after,
  claim,
  claimOne,
  dispatch,
  eventRow,
  expire,
  hour,
  minute,
  only,
  race,
  reload,
  settle,
  settlementOf,
  start,
} from './fixtures.ts'

const idsOf = (claimed: readonly ClaimedDelivery[]): string[] => claimed.map(({ id }) => id)

/** How many of the claimed deliveries go to each webhook. */
function shares(claimed: readonly ClaimedDelivery[]): Record<string, number> {
  return countedBy(claimed, ({ webhook }) => webhook.id)
}

/** How many of the claimed deliveries each organization was given. */
function sharesOfOrganizations(claimed: readonly ClaimedDelivery[]): Record<string, number> {
  return countedBy(claimed, ({ organizationId }) => organizationId)
}

function countedBy(
  claimed: readonly ClaimedDelivery[],
  keyOf: (delivery: ClaimedDelivery) => string,
): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const delivery of claimed) counts[keyOf(delivery)] = (counts[keyOf(delivery)] ?? 0) + 1
  return counts
}

export const claimCases: readonly ConformanceCase[] = [
  storageCase('a claimed delivery carries all that an attempt needs', async (storage) => {
    const webhook = await addWebhook(storage, {
      retry: { delaysMs: [1000] },
      sealedHeaders: 'sealed:headers',
    })
    const event = only(await dispatch(storage, {}, { now: after(123) }))
    const delivery = only(await storage.listDeliveries({ organizationId: 'acme', limit: 10 }))
    const claimed = await claimOne(storage, { now: after(200) })
    assert.ok(claimed.lease.length >= 16, 'A lease must be too long to guess')
    assert.deepEqual(claimed, {
      id: delivery.id,
      organizationId: 'acme',
      lease: claimed.lease,
      attempt: 1,
      createdAt: after(123),
      status: 'pending',
      orderingKey: null,
      event: { id: event.id, type: event.type, body: event.body, traceparent: null },
      shapedAs: null,
      webhook,
    })
  }),

  storageCase('a claim carries the webhook as it is now, once for all its deliveries', async (storage) => {
    const [a, b] = [await addWebhook(storage), await addWebhook(storage)]
    await dispatch(storage, {}, { count: 3 })
    const changed = await storage.updateWebhook(a, { url: 'https://new.example/', updatedAt: after(1) })
    const claimed = await claim(storage)
    assert.equal(claimed.length, 6)
    const webhooks = new Set(claimed.map(({ webhook }) => webhook))
    assert.equal(webhooks.size, 2, 'Deliveries to one webhook must share one object')
    for (const webhook of webhooks) assert.deepEqual(webhook, webhook.id === a.id ? changed : b)
  }),

  storageCase('a claim changes nothing of the delivery that others see', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage)
    const before = only(await storage.listDeliveries({ organizationId: 'acme', limit: 10 }))
    const claimed = await claimOne(storage)
    assert.deepEqual(await reload(storage, claimed), before)
  }),

  storageCase('nothing due is an empty claim', async (storage) => {
    assert.deepEqual(await claim(storage), [])
    await addWebhook(storage)
    assert.deepEqual(await claim(storage), [])
  }),

  storageCase(
    'a delivery is claimed once while its lease lives, by ten callers at once too',
    async (storage) => {
      await addWebhook(storage)
      await addWebhook(storage)
      await dispatch(storage, {}, { count: 50 })
      const claims = await race(10, async () => claim(storage, { limit: 20 }))
      // A storage may pass over what another claim has just in hand, so that some callers get less than there is.
      const rest = await claim(storage, { now: after(minute - 1) })
      const claimed = [...claims.flat(), ...rest]
      assert.equal(claimed.length, 100)
      assert.equal(new Set(idsOf(claimed)).size, 100)
      assert.equal(new Set(claimed.map(({ lease }) => lease)).size, 100, 'Each claim must have its own lease')
      assert.deepEqual(await claim(storage, { now: after(minute - 1) }), [])
    },
  ),

  storageCase('what is due later is not claimed before its time', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { now: after(1000) })
    assert.deepEqual(await claim(storage, { now: after(999) }), [])
    await claimOne(storage, { now: after(1000) })
  }),

  storageCase('a retry is claimed at its time, to the millisecond, as the next attempt', async (storage) => {
    const first = await addClaimed(storage)
    await settle(storage, first, { next: { status: 'retrying', delayMs: 1500 } }, after(250))
    assert.deepEqual(await claim(storage, { now: after(1749) }), [])
    const second = await claimOne(storage, { now: after(1750) })
    assert.deepEqual([second.id, second.attempt], [first.id, 2])
    assert.notEqual(second.lease, first.lease)
  }),

  storageCase('finished deliveries are never claimed', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 3 })
    const [delivered, dead, cancelled] = await claim(storage)
    assert.ok(delivered && dead && cancelled)
    await settle(storage, delivered)
    await settle(storage, dead, { next: { status: 'dead_letter', reason: 'exhausted' } })
    await storage.cancelDelivery(cancelled)
    assert.deepEqual(await claim(storage, { now: after(hour) }), [])
  }),

  storageCase('deliveries of a disabled webhook wait until it is enabled', async (storage) => {
    const webhook = await addWebhook(storage)
    await dispatch(storage)
    await storage.updateWebhook(webhook, { enabled: false, updatedAt: after(1) })
    assert.deepEqual(await claim(storage, { now: after(hour) }), [])
    await storage.updateWebhook(webhook, { enabled: true, updatedAt: after(2) })
    await claimOne(storage)
  }),

  storageCase('a lapsed lease of a disabled webhook waits, too', async (storage) => {
    const claimed = await addClaimed(storage)
    await storage.updateWebhook(claimed.webhook, { enabled: false, updatedAt: after(1) })
    assert.deepEqual(await claim(storage, { now: after(hour) }), [])
    assert.equal((await reload(storage, claimed)).attempts, 0)
    await storage.updateWebhook(claimed.webhook, { enabled: true, updatedAt: after(2) })
    assert.equal((await claimOne(storage, { now: after(hour) })).attempt, 2)
  }),

  storageCase('a claim brings as many as its limit, and no more', async (storage) => {
    await addWebhook(storage)
    await addWebhook(storage, { organizationId: 'globex' })
    await dispatch(storage, {}, { count: 30 })
    await dispatch(storage, { organizationId: 'globex' }, { count: 2 })
    for (const [limit, count] of [
      [1, 1],
      [7, 7],
      [20, 20],
      [100, 4],
      [100, 0],
    ] as const) {
      assert.equal((await claim(storage, { limit })).length, count)
    }
  }),

  storageCase('a webhook is given its own concurrency, or the default where it has none', async (storage) => {
    const own = await addWebhook(storage, { concurrency: 3 })
    const none = await addWebhook(storage)
    await dispatch(storage, {}, { count: 20 })
    const claimed = await claim(storage, { defaultConcurrency: 5 })
    assert.deepEqual(shares(claimed), { [own.id]: 3, [none.id]: 5 })
  }),

  storageCase(
    'a webhook that `room` names is given that many, be it none, less or more than its own',
    async (storage) => {
      const full = await addWebhook(storage)
      const less = await addWebhook(storage)
      const more = await addWebhook(storage, { concurrency: 2 })
      const unnamed = await addWebhook(storage, { concurrency: 4 })
      await dispatch(storage, {}, { count: 20 })
      const room = new Map([
        [full.id, 0],
        [less.id, 1],
        [more.id, 6],
        ['whk_unknown', 9],
      ])
      const claimed = await claim(storage, { room, defaultConcurrency: 5 })
      assert.deepEqual(shares(claimed), { [less.id]: 1, [more.id]: 6, [unnamed.id]: 4 })
    },
  ),

  storageCase('`room` holds for lapsed leases, too', async (storage) => {
    const webhook = await addWebhook(storage)
    await dispatch(storage, {}, { count: 5 })
    assert.equal((await claim(storage)).length, 5)
    const room = new Map([[webhook.id, 2]])
    assert.equal((await claim(storage, { room, now: after(hour) })).length, 2)
  }),

  storageCase('a webhook without room keeps no other waiting, however much it has', async (storage) => {
    const full = await addWebhook(storage)
    await dispatch(storage, {}, { count: 1000 })
    const narrow = await addWebhook(storage, { concurrency: 2 })
    const wide = await addWebhook(storage, { organizationId: 'globex' })
    await dispatch(storage, {}, { count: 10, now: after(1) })
    await dispatch(storage, { organizationId: 'globex' }, { count: 10, now: after(2) })
    const claimed = await claim(storage, { limit: 20, room: new Map([[full.id, 0]]), now: after(3) })
    assert.deepEqual(shares(claimed), { [narrow.id]: 2, [wide.id]: 10 })
  }),

  storageCase(
    'an organization that `organizationRoom` names is given that many, and any other `mostPerOrganization`',
    async (storage) => {
      for (const organizationId of ['full', 'less', 'more', 'unnamed']) {
        await addWebhook(storage, { organizationId })
        await addWebhook(storage, { organizationId })
        await dispatch(storage, { organizationId }, { count: 10 })
      }
      const organizationRoom = new Map([
        ['full', 0],
        ['less', 1],
        ['more', 7],
        ['unknown', 9],
      ])
      const claimed = await claim(storage, { organizationRoom, mostPerOrganization: 4 })
      assert.deepEqual(sharesOfOrganizations(claimed), { less: 1, more: 7, unnamed: 4 })
      const rest = await claim(storage, { organizationRoom })
      assert.deepEqual(sharesOfOrganizations(rest), { less: 1, more: 7, unnamed: 16 })
    },
  ),

  storageCase(
    'of the room of a webhook and that of its organization the smaller one holds',
    async (storage) => {
      const narrow = await addWebhook(storage, { concurrency: 2 })
      const named = await addWebhook(storage)
      const wide = await addWebhook(storage)
      await dispatch(storage, {}, { count: 10 })
      const room = new Map([[named.id, 1]])
      const claimed = await claim(storage, { room, mostPerOrganization: 8 })
      assert.deepEqual(shares(claimed), { [narrow.id]: 2, [named.id]: 1, [wide.id]: 5 })
    },
  ),

  storageCase(
    'the room of an organization holds for lapsed leases, too: the others stay as they are',
    async (storage) => {
      for (const organizationId of ['full', 'some', 'unnamed']) {
        await addWebhook(storage, { organizationId })
        await addWebhook(storage, { organizationId })
        await dispatch(storage, { organizationId }, { count: 3 })
      }
      const lost = await claim(storage)
      assert.equal(lost.length, 18)
      const organizationRoom = new Map([
        ['full', 0],
        ['some', 4],
      ])
      const now = after(hour)
      const claimed = await claim(storage, { organizationRoom, mostPerOrganization: 5, now })
      assert.deepEqual(sharesOfOrganizations(claimed), { some: 4, unnamed: 5 })
      const taken = new Set(idsOf(claimed))
      for (const delivery of lost) {
        const { attempts } = await reload(storage, delivery)
        assert.equal(attempts, taken.has(delivery.id) ? 1 : 0, 'Only what is taken over was lost')
      }
    },
  ),

  storageCase('lapsed leases take the room of their organization before its backlog', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 2 })
    const lost = await claim(storage)
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 10 })
    const claimed = await claim(storage, { mostPerOrganization: 3, now: after(hour) })
    assert.equal(claimed.length, 3)
    assert.deepEqual(idsOf(claimed.slice(0, 2)).sort(), idsOf(lost).sort())
  }),

  storageCase('an organization without room keeps no other waiting, however much it has', async (storage) => {
    for (let n = 0; n < 3; n++) await addWebhook(storage, { organizationId: 'full' })
    await dispatch(storage, { organizationId: 'full' }, { count: 300 })
    const lost = await claim(storage, { limit: 50 })
    assert.equal(lost.length, 50)
    await addWebhook(storage, { organizationId: 'other' })
    await dispatch(storage, { organizationId: 'other' }, { count: 10, now: after(1) })
    const organizationRoom = new Map([['full', 0]])
    const claimed = await claim(storage, { limit: 20, organizationRoom, now: after(hour) })
    assert.deepEqual(sharesOfOrganizations(claimed), { other: 10 })
  }),

  storageCase('an organization that is given one at a time has its webhooks take turns', async (storage) => {
    const ids = [(await addWebhook(storage)).id]
    await dispatch(storage, {}, { count: 50 })
    for (let n = 0; n < 2; n++) ids.push((await addWebhook(storage)).id)
    await dispatch(storage, {}, { count: 50, now: after(1) })
    await addWebhook(storage, { organizationId: 'other' })
    await dispatch(storage, { organizationId: 'other' }, { count: 50, now: after(1) })
    const claimed: ClaimedDelivery[] = []
    // An order by chance is fair as well, given some more turns.
    for (let turn = 0; turn < 40; turn++)
      claimed.push(...(await claim(storage, { mostPerOrganization: 1, now: after(1) })))
    assert.deepEqual(sharesOfOrganizations(claimed), { acme: 40, other: 40 })
    for (const id of ids) assert.ok((shares(claimed)[id] ?? 0) > 0, 'No webhook may take every turn')
  }),

  storageCase('each of six claims at once keeps to the room of an organization', async (storage) => {
    await addWebhook(storage)
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 10 })
    const claims = await race(6, async () => claim(storage, { mostPerOrganization: 3 }))
    for (const claimed of claims)
      assert.ok(claimed.length <= 3, 'A claim must not bring more than there is room for')
    const claimed = [...claims.flat(), ...(await claim(storage))]
    assert.equal(claimed.length, 20)
    assert.equal(new Set(idsOf(claimed)).size, 20)
  }),

  storageCase(
    'an organization with one delivery is not kept waiting by one with a thousand',
    async (storage) => {
      await addWebhook(storage)
      await dispatch(storage, {}, { count: 1000 })
      const late = await addWebhook(storage, { organizationId: 'globex' })
      await dispatch(storage, { organizationId: 'globex' }, { now: after(minute) })
      const claimed = await claim(storage, { limit: 10, now: after(minute) })
      assert.equal(claimed.length, 10)
      assert.equal(shares(claimed)[late.id], 1)
    },
  ),

  storageCase('a webhook with one delivery is not kept waiting by one with a thousand', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 1000 })
    const late = await addWebhook(storage, { eventTypes: ['new_lead'] })
    await dispatch(storage, { type: 'new_lead', patterns: ['new_lead'] }, { now: after(minute) })
    const claimed = await claim(storage, { limit: 10, now: after(minute) })
    assert.equal(claimed.length, 10)
    assert.equal(shares(claimed)[late.id], 1)
  }),

  storageCase(
    'organizations share a claim evenly, and what one does not need goes to the others',
    async (storage) => {
      const ids = []
      for (const [organizationId, count] of [
        ['a', 50],
        ['b', 50],
        ['c', 2],
      ] as const) {
        ids.push((await addWebhook(storage, { organizationId })).id)
        await dispatch(storage, { organizationId }, { count })
      }
      const [a = '', b = '', c = ''] = ids
      assert.deepEqual(shares(await claim(storage, { limit: 6 })), { [a]: 2, [b]: 2, [c]: 2 })
      assert.deepEqual(shares(await claim(storage, { limit: 6 })), { [a]: 3, [b]: 3 })
    },
  ),

  storageCase(
    'an organization with many webhooks gets no more than one with a single webhook',
    async (storage) => {
      const many = []
      for (let i = 0; i < 4; i++) many.push((await addWebhook(storage, { organizationId: 'many' })).id)
      const single = await addWebhook(storage, { organizationId: 'single' })
      await dispatch(storage, { organizationId: 'many' }, { count: 20 })
      await dispatch(storage, { organizationId: 'single' }, { count: 20 })
      const taken = shares(await claim(storage, { limit: 8 }))
      assert.equal(taken[single.id], 4)
      for (const id of many) assert.equal(taken[id], 1, 'Webhooks of an organization must take turns')
    },
  ),

  storageCase(
    'claims of one delivery at a time go round the organizations and webhooks, too',
    async (storage) => {
      const eager = { type: 'new_lead', patterns: ['new_lead'] }
      await addWebhook(storage, { organizationId: 'a', eventTypes: ['contact.created'] })
      await dispatch(storage, { organizationId: 'a' }, { count: 100 })
      const late = [
        (await addWebhook(storage, { organizationId: 'a', eventTypes: ['new_lead'] })).id,
        (await addWebhook(storage, { organizationId: 'b', eventTypes: ['new_lead'] })).id,
      ]
      await dispatch(storage, { ...eager, organizationId: 'a' }, { now: after(1) })
      await dispatch(storage, { ...eager, organizationId: 'b' }, { now: after(1) })
      const claimed: ClaimedDelivery[] = []
      // An order by chance is fair as well, given some more turns.
      for (let turn = 0; turn < 60; turn++) claimed.push(await claimOne(storage, { limit: 1, now: after(1) }))
      for (const id of late) assert.equal(shares(claimed)[id], 1, 'A backlog must not take every turn')
    },
  ),

  storageCase(
    'the deliveries of a webhook are claimed in the order in which they fell due',
    async (storage) => {
      const webhook = await addWebhook(storage)
      const ids: string[] = []
      for (const ms of [300, 100, 500, 200, 400]) {
        const [event] = await dispatch(storage, {}, { now: after(ms) })
        ids[ms / 100 - 1] = event?.id ?? ''
      }
      const room = new Map([[webhook.id, 2]])
      const claims = [
        ...(await claim(storage, { room, now: after(600) })),
        ...(await claim(storage, { room, now: after(600) })),
        ...(await claim(storage, { room, now: after(600) })),
      ]
      assert.deepEqual(
        claims.map(({ event }) => event.id),
        ids,
      )
    },
  ),

  storageCase('lapsed leases are claimed before the backlog, however old that is', async (storage) => {
    await addWebhook(storage)
    await addWebhook(storage, { organizationId: 'globex' })
    await dispatch(storage, {}, { count: 5, now: after(1) })
    const lost = await claim(storage, { now: after(1) })
    await dispatch(storage, {}, { count: 50, now: start })
    await dispatch(storage, { organizationId: 'globex' }, { count: 50, now: start })
    const claimed = await claim(storage, { limit: 8, now: after(hour) })
    assert.equal(lost.length, 5)
    assert.equal(claimed.length, 8)
    assert.deepEqual(idsOf(claimed.slice(0, 5)).sort(), idsOf(lost).sort())
  }),

  storageCase('without `now` the storage’s own clock judges what is due', async (storage) => {
    await addWebhook(storage)
    await storage.insertEvents([eventRow({ createdAt: new Date() }), eventRow({ createdAt: new Date() })], {})
    const [first, second, ...more] = await claim(storage, { now: undefined })
    assert.ok(first && second && more.length === 0)
    assert.deepEqual(await claim(storage, { now: undefined }), [], 'A lease must live for its minute')
    const later = settlementOf(first, { next: { status: 'retrying', delayMs: minute } })
    const atOnce = settlementOf(second, { next: { status: 'retrying', delayMs: 0 } })
    assert.deepEqual(await storage.settleDeliveries([later, atOnce], {}), [true, true])
    const again = await claimOne(storage, { now: undefined })
    assert.equal(again.id, second.id)
    await storage.releaseDeliveries([again], {})
    assert.equal((await claimOne(storage, { now: undefined, leaseMs: -minute })).id, second.id)
    assert.equal(
      (await claimOne(storage, { now: undefined })).attempt,
      3,
      'A lease that has lapsed must be taken over',
    )
    assert.equal(await expire(storage), 0)
  }),
]
