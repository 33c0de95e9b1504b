import assert from 'node:assert/strict'
import type { Attempt } from '../model/attempt.ts'
import type { Counts, Rollup } from '../model/rollup.ts'
import { addCounts, emptyCounts } from '../rollups/counts.ts'
import { latencyBucket } from '../rollups/latency.ts'
import type { RollupQuery, Storage } from '../storage/storage.ts'
import { storageCase } from './conformance-case.ts'
import {
  addClaimed,
  addWebhook,
  after,
  attemptRow,
  claim,
  claimOne,
  dispatch,
  expire,
  hour,
  minute,
  race,
  second,
  settle,
  settlementOf,
  start,
} from './fixtures.ts'

const day = 24 * hour
const wholeDay = [{ interval: 'day', from: start, to: after(day) }] as const
const all: RollupQuery = { organizationId: 'acme', spans: wholeDay }
const keptSince = { minute: start, hour: start, day: start }

const timedOut: Partial<Attempt> = {
  outcome: 'failed',
  failure: 'timeout',
  statusCode: null,
  durationMs: 15_000,
}
const refused: Partial<Attempt> = { outcome: 'failed', failure: 'status', statusCode: 503, durationMs: 40 }

/** What a query comes to, all together. */
async function total(storage: Storage, query: Partial<RollupQuery> = {}): Promise<Counts> {
  const rollups = await storage.readRollups({ ...all, ...query })
  return rollups.reduce((sum, { counts }) => addCounts(sum, counts), emptyCounts())
}

/** What a query comes to, by place and beginning: the same however many parts it comes in. */
async function figures(storage: Storage, query: Partial<RollupQuery> = {}): Promise<Record<string, Counts>> {
  const sums: Record<string, Counts> = {}
  for (const rollup of await storage.readRollups({ ...all, ...query }))
    addCounts((sums[placeOf(rollup)] ??= emptyCounts()), rollup.counts)
  return sums
}

function placeOf({ interval, startsAt, webhookId, eventType }: Rollup): string {
  return [interval, startsAt.toISOString(), webhookId ?? '-', eventType ?? '-'].join(' ')
}

/** Everything that can be asked of an organization's day. */
async function everything(storage: Storage, webhookIds: string[]): Promise<Record<string, Counts>[]> {
  const spans = [
    { interval: 'minute', from: start, to: after(hour) },
    { interval: 'hour', from: after(hour), to: after(day) },
    { interval: 'day', from: after(day), to: after(3 * day) },
  ] as const
  const slices = [{}, { webhookIds }, { eachEventType: true }, { webhookIds, eachEventType: true }]
  return Promise.all(slices.map(async (slice) => figures(storage, { spans, ...slice })))
}

async function fold(storage: Storage, limit = 100): Promise<void> {
  while ((await storage.foldRollups({ limit })) > 0);
}

/** Two webhooks, two event types, and one of each thing that counts; answers the ids of the webhooks. */
async function playADay(storage: Storage): Promise<string[]> {
  const webhooks = [await addWebhook(storage), await addWebhook(storage)]
  await dispatch(storage)
  await dispatch(storage, { type: 'contact.deleted' })
  const [one, other, third, fourth] = await claim(storage)
  assert.ok(one && other && third && fourth)
  await storage.settleDeliveries([settlementOf(one), settlementOf(other)], { now: start })
  const retrying = { status: 'retrying', delayMs: hour } as const
  await settle(storage, third, { attempt: attemptRow(1, refused), next: retrying }, after(30 * second))
  const late = attemptRow(1, { ...timedOut, startedAt: after(59 * second) })
  await settle(
    storage,
    fourth,
    { attempt: late, next: { status: 'dead_letter', reason: 'exhausted' } },
    after(75 * second),
  )
  const again = await claimOne(storage, { now: after(2 * hour) })
  await settle(storage, again, { attempt: attemptRow(2, { startedAt: after(2 * hour) }) }, after(2 * hour))
  return webhooks.map(({ id }) => id)
}

export const rollupCases = [
  storageCase('where nothing was settled there are no counts', async (storage) => {
    await addClaimed(storage)
    assert.deepEqual(await storage.readRollups(all), [])
    assert.equal(await storage.foldRollups({ limit: 10 }), 0)
  }),

  storageCase('a settlement counts its attempt and the end of its delivery', async (storage) => {
    const claimed = await addClaimed(storage)
    await settle(storage, claimed)
    const expected: Counts = {
      attempts: 1,
      firstAttempts: 1,
      firstSucceeded: 1,
      delivered: 1,
      answeredMicros: 12_000,
      failures: {},
      deadLetters: {},
      latencies: { [latencyBucket(12_000)]: 1 },
    }
    const rollup = { organizationId: 'acme', interval: 'day', startsAt: start }
    const ofAll = { ...rollup, webhookId: null, eventType: null, counts: expected }
    assert.deepEqual(await storage.readRollups(all), [ofAll])
    await fold(storage)
    assert.deepEqual(await storage.readRollups(all), [ofAll])
    const place = { webhookId: claimed.webhook.id, eventType: 'contact.created' }
    const query = { ...all, webhookIds: [claimed.webhook.id], eventType: 'contact.created' }
    assert.deepEqual(await storage.readRollups(query), [{ ...ofAll, ...place }])
  }),

  storageCase('attempts count when they began, ends when they were written', async (storage) => {
    const claimed = await addClaimed(storage)
    const attempt = attemptRow(1, { ...timedOut, startedAt: after(59 * second) })
    const next = { status: 'dead_letter', reason: 'exhausted' } as const
    await settle(storage, claimed, { attempt, next }, after(75 * second))
    for (const isFolded of [false, true]) {
      if (isFolded) await fold(storage)
      const of = async (from: number): Promise<Counts> =>
        total(storage, { spans: [{ interval: 'minute', from: after(from), to: after(from + minute) }] })
      const [began, ended] = [await of(0), await of(minute)]
      assert.deepEqual([began.attempts, began.failures, began.deadLetters], [1, { timeout: 1 }, {}])
      assert.deepEqual([ended.attempts, ended.failures, ended.deadLetters], [0, {}, { exhausted: 1 }])
      assert.deepEqual(began.latencies, {}, 'What was not answered has no latency')
    }
  }),

  storageCase('counts are kept by webhook, by event type, by both and together', async (storage) => {
    const webhookIds = await playADay(storage)
    for (const isFolded of [false, true]) {
      if (isFolded) await fold(storage)
      const sum = await total(storage)
      assert.deepEqual(
        [sum.attempts, sum.firstAttempts, sum.firstSucceeded, sum.delivered],
        [5, 4, 2, 3],
        'Four deliveries, of which one was tried again',
      )
      assert.deepEqual(sum.failures, { 503: 1, timeout: 1 })
      assert.deepEqual(sum.deadLetters, { exhausted: 1 })
      assert.equal(sum.answeredMicros, 76_000)
      for (const slice of [
        { webhookIds },
        { eachEventType: true },
        { webhookIds, eachEventType: true },
      ] as const) {
        assert.deepEqual(await total(storage, slice), sum)
        const parts = Object.values(await figures(storage, slice))
        assert.equal(parts.length, 'webhookIds' in slice && 'eachEventType' in slice ? 4 : 2)
      }
      const [webhookId = ''] = webhookIds
      const own = await total(storage, { webhookIds: [webhookId], eventType: 'contact.deleted' })
      assert.equal(own.firstAttempts, 1)
      assert.deepEqual(await total(storage, { eventType: 'contact.none' }), emptyCounts())
      assert.deepEqual(await total(storage, { webhookIds: ['whk_none'] }), emptyCounts())
    }
  }),

  storageCase('no figure changes when facts are added to the rollups', async (storage) => {
    const webhookIds = await playADay(storage)
    const before = await everything(storage, webhookIds)
    assert.ok(before.every((slice) => Object.keys(slice).length > 0))
    await fold(storage, 1)
    assert.deepEqual(await everything(storage, webhookIds), before)
    await fold(storage)
    await dispatch(storage)
    const next = await claim(storage)
    await storage.settleDeliveries(
      next.map((claimed) => settlementOf(claimed)),
      { now: start },
    )
    await fold(storage)
    const sum = await total(storage)
    assert.deepEqual([sum.attempts, sum.delivered], [7, 5], 'Two more in a minute that is there already')
  }),

  storageCase('ten callers who add facts to the rollups at once add each once', async (storage) => {
    const webhookIds = await playADay(storage)
    const before = await everything(storage, webhookIds)
    await race(10, async (index) => storage.foldRollups({ limit: 1 + (index % 3) }))
    assert.deepEqual(await everything(storage, webhookIds), before)
    await fold(storage)
    assert.deepEqual(await everything(storage, webhookIds), before)
  }),

  storageCase('what is settled while others are added and read counts once', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 40 })
    const claimed = await claim(storage)
    const seen: number[] = []
    await Promise.all([
      ...claimed.map(async (one) => settle(storage, one)),
      ...Array.from({ length: 10 }, async () => storage.foldRollups({ limit: 3 })),
      ...Array.from({ length: 10 }, async () => seen.push((await total(storage)).attempts)),
    ])
    assert.ok(seen.every((attempts) => attempts <= 40))
    assert.equal((await total(storage)).delivered, 40)
    await fold(storage)
    assert.equal((await total(storage)).delivered, 40)
  }),

  storageCase('a settlement that comes too late counts nowhere', async (storage) => {
    const claimed = await addClaimed(storage)
    const next = await claimOne(storage, { now: after(2 * minute) })
    assert.equal(await settle(storage, claimed, {}, after(2 * minute)), false)
    assert.deepEqual(await total(storage), emptyCounts(), 'Neither late nor lost attempts count')
    assert.equal(await settle(storage, next, {}, after(2 * minute)), true)
    const sum = await total(storage)
    assert.deepEqual([sum.attempts, sum.firstAttempts, sum.delivered], [1, 0, 1])
  }),

  storageCase('what is cancelled counts nowhere', async (storage) => {
    const filtered = await addClaimed(storage)
    await settle(storage, filtered, { attempt: null, next: { status: 'cancelled', reason: 'filtered' } })
    const cancelled = await addClaimed(storage, { organizationId: 'globex' })
    await storage.cancelDelivery({ ...cancelled, now: start })
    assert.equal(await settle(storage, cancelled), false)
    assert.deepEqual(await total(storage), emptyCounts())
    assert.deepEqual(await total(storage, { organizationId: 'globex' }), emptyCounts())
  }),

  storageCase('dead letters count, whatever gave them up', async (storage) => {
    const unsent = await addClaimed(storage)
    const undecryptable = { status: 'dead_letter', reason: 'undecryptable' } as const
    await settle(storage, unsent, { attempt: null, next: undecryptable })
    await dispatch(storage)
    await expire(storage, { defaultMaxAgeMs: minute, now: after(2 * minute) })
    await dispatch(storage, {}, { now: after(hour) })
    for (let lapse = 0; lapse < 6; lapse++)
      await claim(storage, { now: after(hour + 2 * lapse * minute), leaseMs: minute })
    const sum = await total(storage)
    assert.deepEqual(sum.deadLetters, { undecryptable: 1, expired: 1, worker_crash: 1 })
    assert.equal(sum.attempts, 0)
  }),

  storageCase('counts are those of the organization alone', async (storage) => {
    await settle(storage, await addClaimed(storage))
    const other = await addClaimed(storage, { organizationId: 'globex' })
    await settle(storage, other)
    for (const isFolded of [false, true]) {
      if (isFolded) await fold(storage)
      assert.equal((await total(storage)).attempts, 1)
      assert.deepEqual(await total(storage, { webhookIds: [other.webhook.id] }), emptyCounts())
      assert.deepEqual(await storage.readRollups({ ...all, organizationId: 'nobody' }), [])
    }
  }),

  storageCase('only the intervals that are asked for are answered', async (storage) => {
    const claimed = await addClaimed(storage)
    await settle(storage, claimed, { attempt: attemptRow(1, { startedAt: after(hour) }) }, after(hour))
    for (const isFolded of [false, true]) {
      if (isFolded) await fold(storage)
      const of = async (from: number, to: number): Promise<number> =>
        (await total(storage, { spans: [{ interval: 'hour', from: after(from), to: after(to) }] })).attempts
      assert.deepEqual([await of(0, hour), await of(hour, 2 * hour), await of(2 * hour, day)], [0, 1, 0])
      assert.deepEqual(await storage.readRollups({ ...all, spans: [] }), [])
    }
  }),

  storageCase('old rollups are removed, those of the given length only', async (storage) => {
    const webhookIds = await playADay(storage)
    await fold(storage)
    const [ofAll = {}] = await everything(storage, webhookIds)
    const forget = { interval: 'minute', before: after(minute) } as const
    assert.equal(await storage.forgetRollups({ ...forget, limit: 3 }), 3)
    while ((await storage.forgetRollups({ ...forget, limit: 3 })) > 0);
    const spans = [{ interval: 'minute', from: start, to: after(day) }] as const
    assert.deepEqual(
      Object.keys(await figures(storage, { spans })).sort(),
      ['2026-01-01T00:01:00.000Z', '2026-01-01T02:00:00.000Z'].map((time) => `minute ${time} - -`),
    )
    assert.equal((await total(storage)).attempts, 5, 'The day has them all')
    assert.ok(Object.keys(ofAll).length > 0)
  }),

  storageCase('rollups that are made anew from attempts give the same figures', async (storage) => {
    const webhookIds = await playADay(storage)
    const before = await everything(storage, webhookIds)
    await storage.rebuildRollups({ organizationId: 'acme', keptSince })
    assert.deepEqual(await everything(storage, webhookIds), before, 'From facts that are in no rollup yet')
    await fold(storage)
    await storage.rebuildRollups({ organizationId: 'acme', keptSince })
    assert.deepEqual(await everything(storage, webhookIds), before, 'From rollups')
    await storage.rebuildRollups({ organizationId: 'globex', keptSince })
    assert.deepEqual(await everything(storage, webhookIds), before, 'Another organization’s are left alone')
  }),

  storageCase('rollups that are made anew leave out what is too old for its length', async (storage) => {
    await playADay(storage)
    await storage.rebuildRollups({
      organizationId: 'acme',
      keptSince: { ...keptSince, minute: after(hour) },
    })
    const spans = [{ interval: 'minute', from: start, to: after(day) }] as const
    assert.equal((await total(storage, { spans })).attempts, 1)
    assert.equal((await total(storage)).attempts, 5)
  }),

  storageCase('what is settled while rollups are made anew counts once', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 30 })
    const claimed = await claim(storage)
    const rebuild = async (): Promise<void> => storage.rebuildRollups({ organizationId: 'acme', keptSince })
    await Promise.all([
      ...claimed.slice(0, 15).map(async (one) => settle(storage, one)),
      rebuild(),
      storage.foldRollups({ limit: 5 }),
      ...claimed.slice(15).map(async (one) => settle(storage, one)),
      rebuild(),
      storage.foldRollups({ limit: 5 }),
    ])
    assert.equal((await total(storage)).delivered, 30)
    await fold(storage)
    assert.equal((await total(storage)).delivered, 30)
  }),
]
