import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery, Settlement, Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
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
  second,
  settle,
  settlementOf,
  start,
} from './fixtures.ts'

const addOrdered = async (storage: Storage, changes: Partial<StoredWebhook> = {}): Promise<StoredWebhook> =>
  addWebhook(storage, { ordered: true, ...changes })

/** Dispatches an event of each key, one after the other; answers the ids of the events. */
async function dispatchKeys(storage: Storage, ...keys: (string | null)[]): Promise<string[]> {
  const ids: string[] = []
  for (const orderingKey of keys) ids.push(only(await dispatch(storage, { orderingKey })).id)
  return ids
}

const eventsOf = (claimed: readonly ClaimedDelivery[]): string[] => claimed.map(({ event }) => event.id)

/** When those behind it have come. */
const later = after(29 * second)

/** How a delivery can end that has its turn, each by itself. */
const ends: Record<string, (storage: Storage, claimed: ClaimedDelivery) => Promise<unknown>> = {
  delivered: async (storage, claimed) => settle(storage, claimed),
  'given up': async (storage, claimed) =>
    settle(storage, claimed, { next: { status: 'dead_letter', reason: 'exhausted' } }),
  'filtered out': async (storage, claimed) =>
    settle(storage, claimed, { attempt: null, next: { status: 'cancelled', reason: 'filtered' } }),
  'cancelled under lease': async (storage, claimed) => storage.cancelDelivery(claimed),
  'cancelled while it waits': async (storage, claimed) => {
    await settle(storage, claimed, { next: { status: 'retrying', delayMs: hour } })
    await storage.cancelDelivery(claimed)
  },
  expired: async (storage, claimed) => {
    await storage.updateWebhook(claimed.webhook, { maxAgeMs: 10 * second })
    await settle(storage, claimed, { next: { status: 'retrying', delayMs: hour } })
    assert.equal(await expire(storage, { now: later }), 1)
  },
  'cancelled with what waits': async (storage, claimed) => {
    await settle(storage, claimed, { next: { status: 'retrying', delayMs: hour } })
    const { organizationId, webhook } = claimed
    const waiting = { organizationId, webhookId: webhook.id, createdBefore: after(1), limit: 10 }
    assert.equal(await storage.cancelWaiting({ ...waiting, now: later }), 1)
  },
  'given up after five crashes': async (storage, claimed) => {
    for (let lapses = 1; lapses <= 5; lapses++) await claim(storage, { now: after(lapses * minute) })
    assert.equal((await reload(storage, claimed)).reason, 'worker_crash')
  },
}

export const orderingCases: readonly ConformanceCase[] = [
  storageCase('the ordering key of an event is kept', async (storage) => {
    const event = eventRow({ orderingKey: 'Lead “42” ü' })
    const [first] = await storage.insertEvents([event], { now: start })
    const [again] = await storage.insertEvents([{ ...event, orderingKey: null }], { now: start })
    const stored = await storage.findEvent(event)
    assert.equal(stored?.orderingKey, event.orderingKey)
    assert.deepEqual(first?.event, stored)
    assert.deepEqual(again, { event: stored, deliveries: 0, duplicate: true })
    assert.deepEqual(await storage.listEvents({ organizationId: 'acme', limit: 10 }), [stored])
  }),

  storageCase(
    'deliveries of an ordering key are claimed one after the other, in the order of dispatch',
    async (storage) => {
      await addOrdered(storage)
      const ids = await dispatchKeys(storage, 'a', 'a', 'a')
      const batch = Array.from({ length: 5 }, () => eventRow({ orderingKey: 'a' }))
      await storage.insertEvents(batch, { now: start })
      ids.push(...batch.map(({ id }) => id), ...(await dispatchKeys(storage, 'a')))
      for (const id of ids) {
        const claimed = await claimOne(storage)
        assert.deepEqual([claimed.event.id, claimed.orderingKey], [id, 'a'])
        assert.deepEqual(await claim(storage), [])
        await settle(storage, claimed)
      }
      assert.deepEqual(await claim(storage), [])
    },
  ),

  storageCase('a delivery that waits for its turn is not due, and no attempt is spent', async (storage) => {
    await addOrdered(storage)
    const [, behind = ''] = await dispatchKeys(storage, 'a', 'a')
    const first = await claimOne(storage)
    const find = { organizationId: 'acme', eventId: behind, limit: 1 }
    const waiting = only(await storage.listDeliveries(find))
    assert.deepEqual([waiting.status, waiting.attempts, waiting.nextAttemptAt], ['pending', 0, null])
    assert.deepEqual(await storage.retryDelivery({ ...waiting, now: after(1) }), waiting)
    assert.deepEqual(await claim(storage, { now: after(2) }), [])
    await settle(storage, first)
    assert.deepEqual(only(await storage.listDeliveries(find)).nextAttemptAt, start)
    assert.equal((await claimOne(storage)).attempt, 1)
  }),

  storageCase('what waits for its turn counts as unfinished, and not as due', async (storage) => {
    await addOrdered(storage)
    await dispatchKeys(storage, 'a', 'a', 'a', 'b')
    await storage.releaseDeliveries(await claim(storage), { now: start })
    const { unfinished, due, oldestDueAt } = await storage.readBacklog({ now: start })
    assert.deepEqual({ unfinished, due, oldestDueAt }, { unfinished: 4, due: 2, oldestDueAt: start })
  }),

  storageCase('each ordering key, each webhook and what has no key goes by itself', async (storage) => {
    const [one, other] = [await addOrdered(storage), await addOrdered(storage)]
    const unordered = await addWebhook(storage)
    const elsewhere = await addOrdered(storage, { organizationId: 'globex' })
    const keys = ['a', 'A', 'a ', null, 'a', null, 'A', 'a ', null]
    const ids = await dispatchKeys(storage, ...keys)
    const [theirs] = await dispatch(storage, { organizationId: 'globex', orderingKey: 'a' })
    const claimed = await claim(storage)
    const of = ({ id }: StoredWebhook): Set<string> =>
      new Set(eventsOf(claimed.filter(({ webhook }) => webhook.id === id)))
    const firsts = new Set(ids.filter((_, index) => keys[index] === null || index < 3))
    assert.deepEqual(of(one), firsts)
    assert.deepEqual(of(other), firsts)
    assert.deepEqual(of(unordered), new Set(ids))
    assert.deepEqual(of(elsewhere), new Set([theirs?.id]))
    for (const { webhook, orderingKey } of claimed) if (!webhook.ordered) assert.equal(orderingKey, null)
  }),

  storageCase('one that failed keeps its turn, and holds up nothing but its own key', async (storage) => {
    await addOrdered(storage)
    const [first, , other] = await dispatchKeys(storage, 'a', 'a', 'b', 'b')
    const retried: Settlement['next'] = { status: 'retrying', delayMs: minute }
    for (const claimed of await claim(storage))
      if (claimed.event.id === first) await settle(storage, claimed, { next: retried })
      else await settle(storage, claimed)
    assert.notEqual((await claimOne(storage)).event.id, other)
    assert.deepEqual(await claim(storage, { now: after(minute - 1) }), [])
    const again = only(
      (await claim(storage, { now: after(minute) })).filter(({ orderingKey }) => orderingKey === 'a'),
    )
    assert.deepEqual([again.event.id, again.attempt], [first, 2])
  }),

  storageCase('one that was given back, or whose lease lapsed, keeps its turn', async (storage) => {
    await addOrdered(storage)
    const [first] = await dispatchKeys(storage, 'a', 'a', 'a')
    await storage.releaseDeliveries([await claimOne(storage)], { now: start })
    const again = await claimOne(storage)
    assert.deepEqual([again.event.id, again.attempt], [first, 1])
    const after1 = await claimOne(storage, { now: after(minute) })
    assert.deepEqual([after1.event.id, after1.attempt], [first, 2])
    assert.deepEqual(await claim(storage, { now: after(minute) }), [])
  }),

  ...Object.entries(ends).map(([end, bring]) =>
    storageCase(`when one is ${end}, the next one of its ordering key goes`, async (storage) => {
      await addOrdered(storage)
      const [first] = await dispatchKeys(storage, 'a')
      const claimed = await claimOne(storage)
      assert.equal(claimed.event.id, first)
      const [next] = await dispatch(storage, { orderingKey: 'a' }, { count: 2, now: after(20 * second) })
      assert.deepEqual(await claim(storage, { now: later }), [])
      await bring(storage, claimed)
      assert.deepEqual(eventsOf(await claim(storage, { now: after(10 * minute) })), [next?.id])
    }),
  ),

  storageCase('one that ends while it waits for its turn lets nobody go before theirs', async (storage) => {
    await addOrdered(storage)
    const [first, middle = '', last] = await dispatchKeys(storage, 'a', 'a', 'a')
    const claimed = await claimOne(storage)
    const find = { organizationId: 'acme', eventId: middle, limit: 1 }
    await storage.cancelDelivery({ ...only(await storage.listDeliveries(find)), now: start })
    assert.deepEqual(await claim(storage), [])
    assert.equal(claimed.event.id, first)
    await settle(storage, claimed)
    assert.equal((await claimOne(storage)).event.id, last)
  }),

  storageCase('a replay is in no order', async (storage) => {
    await addOrdered(storage)
    await dispatchKeys(storage, 'a', 'a')
    const first = await claimOne(storage)
    await settle(storage, first)
    const behind = await claimOne(storage)
    const replay = await storage.replayDelivery({ ...first, now: start })
    const claimed = await claimOne(storage)
    assert.deepEqual([claimed.id, claimed.orderingKey], [replay?.id, null])
    await dispatchKeys(storage, 'a')
    await settle(storage, claimed)
    assert.deepEqual(await claim(storage), [])
    await settle(storage, behind)
    await claimOne(storage)
  }),

  storageCase('an order holds for what is dispatched while its webhook asks for it', async (storage) => {
    const webhook = await addWebhook(storage)
    const early = await dispatchKeys(storage, 'a', 'a')
    await storage.updateWebhook(webhook, { ordered: true })
    const [next] = await dispatchKeys(storage, 'a', 'a')
    assert.deepEqual(new Set(eventsOf(await claim(storage))), new Set([...early, next]))
    await storage.updateWebhook(webhook, { ordered: false })
    const [late] = await dispatchKeys(storage, 'a')
    assert.deepEqual(eventsOf(await claim(storage)), [late])
  }),

  storageCase('deliveries that wait for their turn end with their webhook', async (storage) => {
    const webhook = await addOrdered(storage)
    await dispatchKeys(storage, 'a', 'a', 'a')
    await claimOne(storage)
    assert.ok(await storage.deleteWebhook({ ...webhook, now: start }))
    const deliveries = await storage.listDeliveries({ organizationId: 'acme', limit: 10 })
    for (const { status, reason } of deliveries)
      assert.deepEqual([status, reason], ['cancelled', 'webhook_deleted'])
    assert.deepEqual(await claim(storage), [])
  }),

  storageCase('a backlog of one ordering key does not lie in the way of others', async (storage) => {
    await addOrdered(storage)
    const backlog = Array.from({ length: 1500 }, () => eventRow({ orderingKey: 'a' }))
    await storage.insertEvents(backlog, { now: start })
    const others = await dispatchKeys(storage, 'b', null)
    const claimed: ClaimedDelivery[] = []
    for (let n = 0; n < 10; n++) claimed.push(...(await claim(storage, { limit: 5 })))
    assert.deepEqual(new Set(eventsOf(claimed)), new Set([backlog[0]?.id, ...others]))
  }),

  storageCase(
    'workers that race send no two of an ordering key at once, and none out of order',
    async (storage) => {
      await addOrdered(storage)
      await addOrdered(storage)
      const keys = ['a', 'b', 'c', 'd']
      const dispatched = new Map<string, string[]>(keys.map((key) => [key, []]))
      const course = new Course()
      let isDispatching = true
      const dispatcher = async (): Promise<void> => {
        for (let n = 0; n < 15; n++)
          for (const key of keys) dispatched.get(key)?.push(...(await dispatchKeys(storage, key)))
        isDispatching = false
      }
      const worker = async (index: number): Promise<void> => {
        for (let idle = 0, turn = index; idle < 20 && turn < 1000; turn++) {
          const claimed = await claim(storage, { limit: 3 + (turn % 5) })
          for (const one of claimed) course.begin(one)
          await setImmediate()
          for (const [n, one] of claimed.entries()) await endOne(storage, course, one, turn + n)
          idle = claimed.length === 0 && !isDispatching ? idle + 1 : 0
        }
      }
      await Promise.all([dispatcher(), race(6, worker)])
      // Nothing is left that was let go too late for the workers to see.
      for (const one of await claim(storage)) course.begin(one)
      const firsts = course.firsts()
      assert.equal(firsts.size, 2 * keys.length)
      for (const [line, ids] of firsts) assert.deepEqual(ids, dispatched.get(line.split(' ')[1] ?? ''))
    },
  ),
]

/** What a worker does with a delivery, by turns: most are delivered, some fail, are given back or given up. */
async function endOne(storage: Storage, course: Course, one: ClaimedDelivery, turn: number): Promise<void> {
  course.end(one)
  if (turn % 5 === 1) return storage.releaseDeliveries([one], { now: start })
  const nexts: Settlement['next'][] = [
    { status: 'delivered' },
    { status: 'delivered' },
    { status: 'retrying', delayMs: 0 },
    { status: 'dead_letter', reason: 'exhausted' },
  ]
  const next = nexts[turn % nexts.length] ?? { status: 'delivered' }
  await storage.settleDeliveries([settlementOf(one, { next })], { now: start })
}

/** What was sent when, as the receivers would see it. */
class Course {
  readonly #underWay = new Set<string>()
  readonly #begun = new Map<string, string[]>()

  begin(claimed: ClaimedDelivery): void {
    const line = lineOf(claimed)
    assert.ok(!this.#underWay.has(line), 'Two deliveries of an ordering key must not be out at once')
    this.#underWay.add(line)
    const begun = this.#begun.get(line) ?? []
    this.#begun.set(line, [...begun, claimed.event.id])
  }

  end(claimed: ClaimedDelivery): void {
    this.#underWay.delete(lineOf(claimed))
  }

  /** The events of each line in the order in which they were first begun, each run of the same one counted once. */
  firsts(): Map<string, string[]> {
    const runs = [...this.#begun].map(([line, ids]): [string, string[]] => [
      line,
      ids.filter((id, index) => id !== ids[index - 1]),
    ])
    return new Map(runs)
  }
}

function lineOf({ webhook, orderingKey }: ClaimedDelivery): string {
  return `${webhook.id} ${orderingKey}`
}
