import { describe, expect, test } from 'vitest'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery, ClaimRequest } from '../storage/storage.ts'
import { type Lane, Lanes } from './lanes.ts'
import { UnderWay } from './under-way.ts'

/** A worker's lanes for 64 requests at once, half of them of one organization at most. */
const openLanes = (underWay = new UnderWay(32), onReady?: () => void): Lanes =>
  new Lanes(0, 64, underWay, onReady)

const request = (limit: number): ClaimRequest => ({
  limit,
  leaseMs: 1000,
  defaultConcurrency: 2,
  room: new Map(),
})

let made = 0
/** `acme/a` is the webhook `a` of the organization `acme`, and `a` one of its own. */
function claimed(name: string, concurrency: number | null = null): ClaimedDelivery {
  const organizationId = name.includes('/') ? name.slice(0, name.indexOf('/')) : `of ${name}`
  // Only what lanes look at.
  const webhook = { id: name, concurrency } as StoredWebhook
  return { id: `dlv_${made++}`, organizationId, webhook } as ClaimedDelivery
}

const times = (count: number, name: string, concurrency?: number): ClaimedDelivery[] =>
  Array.from({ length: count }, () => claimed(name, concurrency))

function takeAllLanes(lanes: Lanes): Lane[] {
  const taken: Lane[] = []
  for (let next = lanes.take(); next !== undefined; next = lanes.take()) taken.push(next.lane)
  return taken
}

const takeAll = (lanes: Lanes): string[] => takeAllLanes(lanes).map(({ webhookId }) => webhookId)

describe('what goes next', () => {
  test('lanes take turns, each up to its concurrency', () => {
    const lanes = openLanes()
    lanes.add([...times(4, 'a'), ...times(4, 'b'), ...times(1, 'c', 5)], request(100))
    expect(takeAll(lanes)).toEqual(['a', 'b', 'c', 'a', 'b'])
    // Five are under way; the four that wait can go no sooner than those have ended.
    expect(lanes.totalRoom(0)).toBe(64 - 5)
  })

  test('a request that ends makes place for the next of its lane', () => {
    const lanes = openLanes()
    lanes.add(times(3, 'a'), request(100))
    const first = lanes.take()
    lanes.take()
    expect(lanes.take()).toBeUndefined()
    if (first) lanes.end(first.lane)
    expect(takeAll(lanes)).toEqual(['a'])
  })

  test('what was lost to another worker is not sent', () => {
    const lanes = openLanes()
    const [lost, kept] = [claimed('a'), claimed('a')]
    lanes.add([lost, kept], request(100))
    expect(lanes.takeWaiting((waiting) => waiting === lost)).toEqual([lost])
    expect(lanes.take()?.parcel).toBe(kept)
    expect(lanes.takeWaiting((waiting) => waiting === kept)).toEqual([])
  })

  test('deliveries that go by one request are one', () => {
    const lanes = openLanes()
    const batched = times(100, 'a')
    const [{ organizationId, webhook }] = batched as [ClaimedDelivery]
    const batch = { organizationId, webhook, format: 'leadhooks', batched } as const
    lanes.addScreened([batch], 2)
    lanes.add(times(1, 'b'), request(100))
    expect(lanes.totalRoom(0)).toBe(64 - 2)
    expect(lanes.room().get('a')).toBe(2 - 1)
    expect(lanes.take()?.parcel).toBe(batch)
    lanes.take()
    expect(lanes.take()).toBeUndefined()
    expect(lanes.totalRoom(0)).toBe(64 - 2)
  })
})

test('what a webhook was given too much of, at the pace of a burst, keeps no others from being claimed', () => {
  const lanes = openLanes()
  lanes.add(times(16, 'acme/a', 16), request(100))
  for (const lane of takeAllLanes(lanes)) lanes.end(lane)
  lanes.measure(5)
  expect(lanes.room().get('acme/a')).toBe(16 + 320)
  lanes.add(times(300, 'acme/a', 16), request(300))
  expect(takeAll(lanes)).toHaveLength(16)
  lanes.measure(15)
  expect(lanes.room().get('acme/a')).toBe(0)
  expect(lanes.totalRoom(300)).toBe(64 - 16)
  expect(lanes.organizationRoom().get('acme')).toBe(32 - 16)
})

describe('what an organization has under way', () => {
  test('is no more than its limit, and what others have goes on', () => {
    const lanes = openLanes(new UnderWay(3))
    lanes.add([...times(2, 'acme/a'), ...times(2, 'acme/b'), ...times(2, 'globex/c')], request(100))
    expect(takeAll(lanes)).toEqual(['acme/a', 'acme/b', 'globex/c', 'acme/a', 'globex/c'])
  })

  test('moves on by one with each request that ends, its lanes taking turns', () => {
    const lanes = openLanes(new UnderWay(2))
    const names = ['acme/a', 'acme/b', 'acme/c', 'acme/d']
    lanes.add(
      names.flatMap((name) => times(3, name)),
      request(100),
    )
    const underWay = takeAllLanes(lanes)
    const order = underWay.map(({ webhookId }) => webhookId)
    for (let lane = underWay.shift(); lane !== undefined; lane = underWay.shift()) {
      lanes.end(lane)
      const taken = takeAllLanes(lanes)
      underWay.push(...taken)
      order.push(...taken.map(({ webhookId }) => webhookId))
    }
    expect(new Set(order.slice(0, 5))).toEqual(new Set(names))
    expect(order.sort()).toEqual(names.flatMap((name) => [name, name, name]))
  })

  test('goes on where a lane that was held back has lost what it had', () => {
    const lanes = openLanes(new UnderWay(1))
    const lost = times(1, 'acme/b')
    lanes.add([...times(1, 'acme/a'), ...lost, ...times(1, 'acme/c')], request(100))
    const [first] = takeAllLanes(lanes)
    lanes.takeWaiting((waiting) => lost.some((one) => one === waiting))
    if (first) lanes.end(first)
    expect(takeAll(lanes)).toEqual(['acme/c'])
  })

  test('leaves room for as many more as it may have, and as it finished in the last 100 ms', () => {
    const lanes = openLanes(new UnderWay(5))
    expect(lanes.organizationRoom()).toEqual(new Map())
    lanes.add([...times(2, 'acme/a'), ...times(1, 'acme/b')], request(100))
    lanes.take()
    expect(lanes.organizationRoom()).toEqual(new Map([['acme', 2]]))
    for (const lane of takeAllLanes(lanes)) lanes.end(lane)
    lanes.measure(100)
    expect(lanes.organizationRoom()).toEqual(new Map([['acme', 6]]))
  })

  test('asks for more with each request that ends, when it got all it had room for', () => {
    const lanes = openLanes(new UnderWay(3))
    lanes.add([...times(2, 'acme/a'), ...times(1, 'acme/b')], request(100))
    const [first, second] = takeAllLanes(lanes)
    expect(second?.webhookId, 'Its lane got less than it had room for').toBe('acme/b')
    expect(second && lanes.end(second)).toBe(true)
    lanes.add([], { ...request(100), organizationRoom: new Map([['acme', 0]]) })
    expect(first && lanes.end(first), 'Nothing was learned while there was no room').toBe(true)
  })

  test('is forgotten when it has come to rest', () => {
    const lanes = openLanes(new UnderWay(5))
    lanes.add(times(1, 'acme/a'), request(100))
    for (const lane of takeAllLanes(lanes)) lanes.end(lane)
    lanes.measure(100)
    expect(lanes.organizationRoom().size).toBe(1)
    lanes.measure(200)
    expect(lanes.organizationRoom().size).toBe(0)
  })
})

describe('two workers of a process', () => {
  function openTwo(mostPerOrganization = 32): { a: Lanes; b: Lanes; nudged: string[] } {
    const underWay = new UnderWay(mostPerOrganization)
    const nudged: string[] = []
    return {
      a: openLanes(underWay, () => nudged.push('a')),
      b: openLanes(underWay, () => nudged.push('b')),
      nudged,
    }
  }

  test('share the concurrency of a webhook: one goes on when the other’s request ends', () => {
    const { a, b, nudged } = openTwo()
    a.add(times(2, 'w'), request(100))
    b.add(times(2, 'w'), request(100))
    const underWay = takeAllLanes(a)
    expect(underWay).toHaveLength(2)
    expect(takeAll(b)).toEqual([])
    expect(nudged).toEqual([])
    for (const lane of underWay) a.end(lane)
    expect(nudged).toEqual(['b', 'b'])
    expect(takeAll(b)).toEqual(['w', 'w'])
  })

  test('share what an organization may have', () => {
    const { a, b, nudged } = openTwo(2)
    a.add([...times(1, 'acme/a'), ...times(1, 'acme/b')], request(100))
    b.add([...times(1, 'acme/c'), ...times(1, 'acme/d')], request(100))
    const [first] = takeAllLanes(a)
    expect(takeAll(b)).toEqual([])
    if (first) a.end(first)
    expect(nudged).toEqual(['b'])
    expect(takeAll(b)).toEqual(['acme/c'])
  })

  test('know of each other’s requests when they claim', () => {
    const { a, b } = openTwo(5)
    a.add([...times(2, 'acme/a'), ...times(1, 'acme/b', 4)], request(100))
    takeAll(a)
    expect(b.room()).toEqual(
      new Map([
        ['acme/a', 0],
        ['acme/b', 3],
      ]),
    )
    expect(b.organizationRoom()).toEqual(new Map([['acme', 2]]))
  })

  test('are told nothing any more once they have left', () => {
    const { a, b, nudged } = openTwo()
    a.add(times(2, 'w'), request(100))
    b.add(times(2, 'w'), request(100))
    const underWay = takeAllLanes(a)
    takeAll(b)
    b.leave()
    for (const lane of underWay) a.end(lane)
    expect(nudged).toEqual([])
  })
})

describe('how much is claimed', () => {
  test('as much as there are free slots, at first', () => {
    const lanes = openLanes()
    expect(lanes.totalRoom(0)).toBe(64)
    lanes.add(times(2, 'a'), request(64))
    takeAll(lanes)
    expect(lanes.totalRoom(0)).toBe(62)
    expect(lanes.room()).toEqual(new Map([['a', 0]]))
  })

  test('a lane that finished 50 in the last 100 ms may hold 50 more', () => {
    const lanes = openLanes()
    for (let n = 0; n < 100; n++) {
      lanes.add(times(1, 'a'), request(64))
      const next = lanes.take()
      if (next) lanes.end(next.lane)
    }
    lanes.measure(200)
    expect(lanes.room()).toEqual(new Map([['a', 52]]))
    expect(lanes.totalRoom(0)).toBe(114)
  })

  test('a lane that got all it had room for asks again before it runs dry', () => {
    const lanes = openLanes()
    lanes.add(times(2, 'a'), request(64))
    lanes.add(times(1, 'b'), request(64))
    const ends = [lanes.take(), lanes.take(), lanes.take()].map((next) => [
      next?.lane.webhookId,
      next && lanes.end(next.lane),
    ])
    expect(ends).toEqual([
      ['a', true],
      ['b', false],
      ['a', true],
    ])
  })

  test('a lane asks for nothing while what was claimed for it is being screened', () => {
    const lanes = openLanes()
    for (const id of ['a', 'b']) lanes.add(times(2, id), request(64))
    const ends = [1, 2, 3, 4]
      .map(() => lanes.take())
      .map((next) => [next?.lane.webhookId, next && lanes.end(next.lane, (webhookId) => webhookId === 'a')])
    expect(ends).toEqual([
      ['a', false],
      ['b', true],
      ['a', false],
      ['b', true],
    ])
  })

  test('a claim that was cut off by its limit asks again', () => {
    const lanes = openLanes()
    lanes.add(times(1, 'a'), request(1))
    expect(lanes.isRunningLow()).toBe(false)
    takeAll(lanes)
    expect(lanes.isRunningLow()).toBe(true)
    lanes.add([], request(64))
    expect(lanes.isRunningLow()).toBe(false)
  })

  test('a lane that has come to rest is forgotten', () => {
    const lanes = openLanes()
    lanes.add(times(1, 'a'), request(64))
    const next = lanes.take()
    if (next) lanes.end(next.lane)
    lanes.measure(100)
    expect(lanes.room().size).toBe(1)
    lanes.measure(200)
    expect(lanes.room().size).toBe(0)
  })
})

test('all that was not sent is handed over at the end', () => {
  const lanes = openLanes()
  const waiting = times(3, 'a')
  lanes.add(waiting, request(64))
  lanes.take()
  lanes.take()
  expect(lanes.takeWaiting(() => true)).toEqual(waiting.slice(2))
  expect(lanes.take()).toBeUndefined()
})

test('a burst after quiet is claimed in large parts soon: the pace is looked at after 5 ms, and then ever later', () => {
  const lanes = openLanes()
  const endOne = (): void => {
    lanes.add(times(1, 'a'), request(100))
    const next = lanes.take()
    if (next !== undefined) lanes.end(next.lane)
  }
  const room = (): number => lanes.room().get('a') ?? 0
  endOne()
  lanes.measure(4)
  expect(room()).toBe(2)
  lanes.measure(5)
  expect(room(), 'One in 5 ms is 20 in 100').toBe(22)
  endOne()
  lanes.measure(14)
  expect(room()).toBe(22)
  lanes.measure(15)
  expect(room()).toBe(12)
})
