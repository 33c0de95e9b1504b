import { describe, expect, test } from 'vitest'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { HeldClaims } from './held-claims.ts'

// Only who it is matters here.
const claimed = (id: string): ClaimedDelivery => ({ id }) as ClaimedDelivery

describe('the claims that a worker holds', () => {
  test('are counted and listed until they are let go', () => {
    const held = new HeldClaims()
    const [a, b, c] = [claimed('a'), claimed('b'), claimed('c')]
    held.add([a, b], 1)
    held.add([c], 2)
    held.delete(a)
    held.delete(c)
    expect(held.size).toBe(1)
    expect(held.all()).toEqual([b])
  })

  test('are let go once, however often that is said', () => {
    const held = new HeldClaims()
    const [a, b] = [claimed('a'), claimed('b')]
    held.add([a, b], 1)
    held.delete(a)
    held.delete(a)
    expect(held.size).toBe(1)
  })

  test('are two where one delivery was claimed again after a lapse', () => {
    const held = new HeldClaims()
    const [first, second] = [claimed('a'), claimed('a')]
    held.add([first], 1)
    held.add([second], 2)
    held.delete(first)
    expect([...held.since(2)]).toEqual([second])
    expect(held.size).toBe(1)
  })

  test('are told apart by how long they have been held', () => {
    const held = new HeldClaims()
    const [old, recent] = [claimed('old'), claimed('recent')]
    held.add([old], 1000)
    held.add([recent], 1001)
    expect([...held.since(1000)]).toEqual([old])
  })

  test('count as one where they go by one request, and have all been here for as long as the first', () => {
    const held = new HeldClaims()
    const [a, b, c, d] = [claimed('a'), claimed('b'), claimed('c'), claimed('d')]
    held.add([a, b], 1)
    held.addCompany([c, d], 2)
    expect([held.size, held.requests]).toEqual([4, 2])
    held.putTogether([b, c])
    expect([held.size, held.requests]).toEqual([4, 2])
    expect(held.since(1)).toEqual(new Set([a, b, c]))
    held.delete(a)
    held.delete(d)
    expect([held.size, held.requests]).toEqual([2, 1])
    held.delete(b)
    held.delete(c)
    expect([held.size, held.requests]).toEqual([0, 0])
  })
})
