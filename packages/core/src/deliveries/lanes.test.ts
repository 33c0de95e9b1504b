import { describe, expect, test } from 'vitest'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery, ClaimRequest } from '../storage/storage.ts'
import { Lanes } from './lanes.ts'

const request = (limit: number, room: Record<string, number> = {}): ClaimRequest => ({
  limit,
  leaseMs: 1000,
  defaultConcurrency: 2,
  room: new Map(Object.entries(room)),
})

let made = 0
function claimed(webhookId: string, concurrency: number | null = null): ClaimedDelivery {
  // Only what lanes look at.
  const webhook = { id: webhookId, concurrency } as StoredWebhook
  return { id: `dlv_${made++}`, webhook } as ClaimedDelivery
}

const times = (count: number, webhookId: string, concurrency?: number): ClaimedDelivery[] =>
  Array.from({ length: count }, () => claimed(webhookId, concurrency))

function takeAll(lanes: Lanes): string[] {
  const taken: string[] = []
  for (let next = lanes.take(); next !== undefined; next = lanes.take()) taken.push(next.lane.webhookId)
  return taken
}

describe('what goes next', () => {
  test('lanes take turns, each up to its concurrency', () => {
    const lanes = new Lanes(0, 64)
    lanes.add([...times(4, 'a'), ...times(4, 'b'), ...times(1, 'c', 5)], request(100))
    expect(takeAll(lanes)).toEqual(['a', 'b', 'c', 'a', 'b'])
    expect(lanes.totalRoom(0)).toBe(64 - 9)
  })

  test('a request that ends makes place for the next of its lane', () => {
    const lanes = new Lanes(0, 64)
    lanes.add(times(3, 'a'), request(100))
    const first = lanes.take()
    lanes.take()
    expect(lanes.take()).toBeUndefined()
    if (first) lanes.end(first.lane)
    expect(takeAll(lanes)).toEqual(['a'])
  })

  test('what was lost to another worker is not sent', () => {
    const lanes = new Lanes(0, 64)
    const [lost, kept] = [claimed('a'), claimed('a')]
    lanes.add([lost, kept], request(100))
    expect(lanes.takeWaiting((waiting) => waiting === lost)).toEqual([lost])
    expect(lanes.take()?.claimed).toBe(kept)
    expect(lanes.takeWaiting((waiting) => waiting === kept)).toEqual([])
  })
})

describe('how much is claimed', () => {
  test('as much as there are free slots, at first', () => {
    const lanes = new Lanes(0, 64)
    expect(lanes.totalRoom(0)).toBe(64)
    lanes.add(times(2, 'a'), request(64))
    takeAll(lanes)
    expect(lanes.totalRoom(0)).toBe(62)
    expect(lanes.room()).toEqual(new Map([['a', 0]]))
  })

  test('a lane that finished 50 in the last 100 ms may hold 50 more', () => {
    const lanes = new Lanes(0, 64)
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
    const lanes = new Lanes(0, 64)
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

  test('a claim that was cut off by its limit asks again', () => {
    const lanes = new Lanes(0, 64)
    lanes.add(times(1, 'a'), request(1))
    expect(lanes.isRunningLow()).toBe(false)
    takeAll(lanes)
    expect(lanes.isRunningLow()).toBe(true)
    lanes.add([], request(64))
    expect(lanes.isRunningLow()).toBe(false)
  })

  test('a lane that has come to rest is forgotten', () => {
    const lanes = new Lanes(0, 64)
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
  const lanes = new Lanes(0, 64)
  const waiting = times(3, 'a')
  lanes.add(waiting, request(64))
  lanes.take()
  lanes.take()
  expect(lanes.takeWaiting(() => true)).toEqual(waiting.slice(2))
  expect(lanes.take()).toBeUndefined()
})
