import assert from 'node:assert/strict'
import type { StoredBulkReplay } from '../model/bulk-replay.ts'
import type { Delivery } from '../model/delivery.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { NewEvent, Settlement, Storage } from '../storage/storage.ts'
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
  race,
  raceAround,
  reload,
  settle,
} from './fixtures.ts'

const now = after(2 * hour)

/** Events before there is a webhook: one a minute, of these types. */
async function addEvents(storage: Storage, types: readonly string[]): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  for (const [n, type] of types.entries())
    events.push(...(await dispatch(storage, { type, patterns: [type] }, { now: after(n * minute) })))
  return events
}

async function startRecovery(
  storage: Storage,
  { organizationId, id }: StoredWebhook,
  changes: Partial<StoredBulkReplay> = {},
): Promise<StoredBulkReplay> {
  const since = after(0)
  const row = { kind: 'recovery', status: null, organizationId, webhookId: id, since, ...changes } as const
  return storage.insertBulkReplay(bulkReplayRow(row))
}

async function advance(
  storage: Storage,
  { organizationId, id }: StoredBulkReplay,
  { limit = 100, lookThrough = 100 } = {},
): Promise<StoredBulkReplay | null> {
  return storage.advanceBulkReplay({ organizationId, id, limit, lookThrough, now })
}

async function count(
  storage: Storage,
  webhook: StoredWebhook,
  { since, until, includeFailed }: StoredBulkReplay,
  lookThrough = 100,
): Promise<number> {
  let missed = 0
  let place: { createdAt: Date; id: string } | undefined
  do {
    const query = { webhook, since: since ?? after(0), until, includeFailed, after: place, lookThrough }
    const counted = await storage.countMissed(query)
    missed += counted.missed
    place = counted.last ?? undefined
  } while (place !== undefined)
  return missed
}

async function deliveriesTo(storage: Storage, { organizationId, id }: StoredWebhook): Promise<Delivery[]> {
  return storage.listDeliveries({ organizationId, webhookId: id, limit: 1000 })
}

async function eventsOf(storage: Storage, webhook: StoredWebhook): Promise<string[]> {
  return (await deliveriesTo(storage, webhook)).map(({ eventId }) => eventId).sort()
}

const idsOf = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id).sort()

/** One delivery to a webhook, and what became of it. */
async function addSettled(storage: Storage, next: Settlement['next'] | null): Promise<Delivery> {
  await dispatch(storage)
  if (next === null)
    return only(await storage.listDeliveries({ organizationId: 'acme', status: 'pending', limit: 2 }))
  const claimed = await claimOne(storage)
  const failed = attemptRow(1, { outcome: 'failed', failure: 'status', statusCode: 500 })
  await settle(storage, claimed, { next, attempt: next.status === 'delivered' ? attemptRow(1) : failed })
  return reload(storage, claimed)
}

export const recoveryCases: readonly ConformanceCase[] = [
  storageCase('a recovery makes a delivery of each event that a webhook has missed', async (storage) => {
    const events = await addEvents(storage, ['new_lead', 'new_lead', 'new_lead', 'new_lead', 'new_lead'])
    const [webhook, other] = [await addWebhook(storage), await addWebhook(storage)]
    const recovery = await startRecovery(storage, webhook)
    assert.equal(await count(storage, webhook, recovery), 5)
    assert.equal(await count(storage, webhook, recovery, 2), 5)
    const first = await advance(storage, recovery, { limit: 2 })
    assert.deepEqual([first?.state, first?.replayed, first?.skipped], ['running', 2, 0])
    assert.deepEqual(await eventsOf(storage, webhook), idsOf(events.slice(0, 2)))
    await advance(storage, recovery, { limit: 2 })
    const last = await advance(storage, recovery, { limit: 2 })
    assert.deepEqual([last?.state, last?.replayed, last?.finishedAt], ['completed', 5, now])
    assert.deepEqual(await advance(storage, recovery), last)
    assert.deepEqual(await eventsOf(storage, webhook), idsOf(events))
    assert.deepEqual(await deliveriesTo(storage, other), [])
    assert.equal(await count(storage, webhook, recovery), 0)
  }),

  storageCase('what a recovery makes is a delivery like any other', async (storage) => {
    const [event] = await addEvents(storage, ['new_lead'])
    const webhook = await addWebhook(storage)
    await advance(storage, await startRecovery(storage, webhook))
    const made = only(await deliveriesTo(storage, webhook))
    const eventId = event?.id ?? ''
    const times = { createdAt: now, nextAttemptAt: now, finishedAt: null }
    const origin = { replayOf: null, replayRoot: null, eventId, eventType: 'new_lead' }
    assert.deepEqual(made, { ...made, ...times, ...origin, status: 'pending', attempts: 0 })
    assert.deepEqual(await reload(storage, made), made)
    const ofEvent = { organizationId: 'acme', eventId, limit: 10 }
    assert.deepEqual(await storage.listDeliveries(ofEvent), [made])
    assert.deepEqual(await claim(storage, { now: after(hour) }), [])
    const claimed = await claimOne(storage, { now })
    assert.deepEqual([claimed.id, claimed.attempt, claimed.event.body], [made.id, 1, event?.body])
    await settle(storage, claimed, {}, now)
    const delivered = await reload(storage, made)
    assert.equal(delivered.status, 'delivered')
    assert.deepEqual(await storage.listDeliveries(ofEvent), [delivered])
    const replay = await storage.replayDelivery({ ...delivered, now })
    assert.deepEqual([replay?.replayOf, replay?.replayRoot, replay?.replayDepth], [made.id, made.id, 1])
  }),

  storageCase('a recovery leaves alone what its webhook does not want', async (storage) => {
    const types = ['contact.created', 'contact.email.changed', 'contacts.created', 'new_lead', 'contact']
    const events = await addEvents(storage, types)
    const [foreign] = await dispatch(storage, { organizationId: 'globex' })
    const filters: [string[], Partial<StoredBulkReplay>, number[]][] = [
      [[], {}, [0, 1, 2, 3, 4]],
      [['contact.*'], {}, [0, 1]],
      [['contact.email.*', 'new_lead'], {}, [1, 3]],
      [['contact_created', 'Contact.Created', 'conta_t.*', '%.*'], {}, []],
      [[], { since: after(minute) }, [1, 2, 3, 4]],
      [[], { until: after(minute) }, [0]],
      [[], { since: after(minute), until: after(3 * minute) }, [1, 2]],
    ]
    for (const [eventTypes, times, expected] of filters) {
      const webhook = await addWebhook(storage, { eventTypes })
      const recovery = await startRecovery(storage, webhook, times)
      assert.equal(await count(storage, webhook, recovery), expected.length)
      const done = await advance(storage, recovery)
      assert.deepEqual([done?.state, done?.replayed], ['completed', expected.length])
      const wanted = events.filter((_, index) => expected.includes(index))
      assert.deepEqual(await eventsOf(storage, webhook), idsOf(wanted))
      await storage.deleteWebhook(webhook)
    }
    const ofForeign = { organizationId: 'globex', eventId: foreign?.id, limit: 10 }
    assert.deepEqual(await storage.listDeliveries(ofForeign), [])
  }),

  storageCase('a recovery brings a webhook with channels what carries one of them', async (storage) => {
    const carried = [null, ['project-1'], ['project_2', 'eu'], ['project-10']]
    const events = carried.map((channels) => eventRow({ channels }))
    await storage.insertEvents(events, { now: after(0) })
    const webhook = await addWebhook(storage, { channels: ['project-1', 'eu'] })
    const recovery = await startRecovery(storage, webhook)
    assert.equal(await count(storage, webhook, recovery), 2)
    assert.equal((await advance(storage, recovery))?.replayed, 2)
    assert.deepEqual(await eventsOf(storage, webhook), idsOf(events.slice(1, 3)))
  }),

  storageCase(
    'a recovery looks through no more events at once than it is told, be none of them missing',
    async (storage) => {
      await addEvents(storage, ['contact.created', 'contact.created', 'contact.created', 'new_lead'])
      const webhook = await addWebhook(storage, { eventTypes: ['new_lead'] })
      const recovery = await startRecovery(storage, webhook)
      const first = await storage.countMissed({ ...recovery, since: after(0), webhook, lookThrough: 3 })
      assert.deepEqual([first.missed, first.last?.createdAt], [0, after(2 * minute)])
      const step = await advance(storage, recovery, { lookThrough: 3 })
      assert.deepEqual([step?.state, step?.replayed], ['running', 0])
      const last = await advance(storage, recovery, { lookThrough: 3 })
      assert.deepEqual([last?.state, last?.replayed], ['completed', 1])
    },
  ),

  storageCase('a recovery makes no delivery of an event that its webhook has one of', async (storage) => {
    const webhook = await addWebhook(storage)
    await addSettled(storage, { status: 'delivered' })
    await addSettled(storage, { status: 'dead_letter', reason: 'exhausted' })
    await addSettled(storage, { status: 'cancelled', reason: 'filtered' })
    await addSettled(storage, { status: 'retrying', delayMs: hour })
    await addSettled(storage, null)
    const recovery = await startRecovery(storage, webhook)
    assert.equal(await count(storage, webhook, recovery), 0)
    const done = await advance(storage, recovery)
    assert.deepEqual([done?.state, done?.replayed], ['completed', 0])
    assert.equal((await deliveriesTo(storage, webhook)).length, 5)
  }),

  storageCase(
    'a recovery that includes what failed replays the last of what was given up or cancelled',
    async (storage) => {
      const [missed] = await addEvents(storage, ['new_lead'])
      const webhook = await addWebhook(storage)
      await addSettled(storage, { status: 'delivered' })
      await addSettled(storage, { status: 'cancelled', reason: 'filtered' })
      await addSettled(storage, { status: 'retrying', delayMs: hour })
      const resolved = await addSettled(storage, { status: 'dead_letter', reason: 'exhausted' })
      await storage.resolveDelivery(resolved)
      const cancelled = await addSettled(storage, { status: 'cancelled', reason: 'by_user' })
      const root = await addSettled(storage, { status: 'dead_letter', reason: 'exhausted' })
      const replay = await storage.replayDelivery({ ...root, now: after(minute) })
      const again = await claimOne(storage, { now: after(minute) })
      await settle(storage, again, { next: { status: 'dead_letter', reason: 'exhausted' } }, after(minute))
      const known = await deliveriesTo(storage, webhook)

      const recovery = await startRecovery(storage, webhook, { includeFailed: true })
      assert.equal(await count(storage, webhook, recovery), 3)
      assert.equal((await advance(storage, recovery))?.replayed, 3)
      const made = (await deliveriesTo(storage, webhook)).filter(({ id }) =>
        known.every((row) => row.id !== id),
      )
      const shown = made.map(({ eventId, replayOf, replayRoot }) => [eventId, replayOf, replayRoot])
      const expected = [
        [missed?.id, null, null],
        [cancelled.eventId, cancelled.id, cancelled.id],
        [root.eventId, replay?.id, root.id],
      ]
      assert.deepEqual(
        new Map(shown.map((row) => [row[0], row])),
        new Map(expected.map((row) => [row[0], row])),
      )
      const second = await startRecovery(storage, webhook, { includeFailed: true })
      assert.equal((await advance(storage, second))?.replayed, 0)
    },
  ),

  storageCase('recoveries of a webhook at once make one delivery of an event', async (storage) => {
    const events = await addEvents(
      storage,
      Array.from({ length: 12 }, () => 'new_lead'),
    )
    const webhook = await addWebhook(storage)
    const recoveries = [
      await startRecovery(storage, webhook),
      await startRecovery(storage, webhook, { includeFailed: true }),
      await startRecovery(storage, webhook, { since: after(minute) }),
    ]
    await race(24, async (index) => {
      const recovery = recoveries[index % 3]
      return recovery && advance(storage, recovery, { limit: 2 })
    })
    assert.deepEqual(await eventsOf(storage, webhook), idsOf(events))
    const done = await Promise.all(recoveries.map(async (recovery) => storage.findBulkReplay(recovery)))
    assert.equal(
      done.reduce((sum, recovery) => sum + (recovery?.replayed ?? 0), 0),
      12,
    )
  }),

  storageCase('a recovery beside a dispatch makes no second delivery of an event', async (storage) => {
    const webhook = await addWebhook(storage)
    const recoveries = await race(6, async () => startRecovery(storage, webhook))
    await raceAround(
      async () => {
        const recovery = recoveries.pop()
        return recovery && advance(storage, recovery)
      },
      async () => dispatch(storage, {}, { count: 20, now: after(minute) }),
    )
    const events = await eventsOf(storage, webhook)
    assert.deepEqual([events.length, new Set(events).size], [20, 20])
  }),

  storageCase('a recovery ends as cancelled when its webhook is no more', async (storage) => {
    await addEvents(storage, ['new_lead', 'new_lead'])
    const webhook = await addWebhook(storage)
    const recovery = await startRecovery(storage, webhook)
    await advance(storage, recovery, { limit: 1 })
    await storage.deleteWebhook({ ...webhook, now })
    const ended = await advance(storage, recovery)
    assert.deepEqual([ended?.state, ended?.replayed, ended?.finishedAt], ['cancelled', 1, now])
    assert.deepEqual(await claim(storage, { now }), [])
  }),

  storageCase('a recovery while its webhook is deleted leaves nothing unfinished behind', async (storage) => {
    await addEvents(storage, ['new_lead', 'new_lead', 'new_lead'])
    const webhook = await addWebhook(storage)
    const recoveries = await race(6, async () => startRecovery(storage, webhook))
    await raceAround(
      async () => {
        const recovery = recoveries.pop()
        return recovery && advance(storage, recovery, { limit: 1 })
      },
      async () => storage.deleteWebhook({ ...webhook, now }),
    )
    const left = (await deliveriesTo(storage, webhook)).filter(({ finishedAt }) => finishedAt === null)
    assert.deepEqual(left, [])
  }),
]
