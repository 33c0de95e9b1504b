import { expect, test } from 'vitest'
import { RecentMap } from './recent-map.ts'

test('what is asked for again and again stays, however much comes by', () => {
  const map = new RecentMap<number>(100)
  map.set('hot', 1)
  for (let i = 0; i < 10_000; i++) {
    map.set(`passing ${i}`, i)
    if (i % 40 === 0) expect(map.get('hot')).toBe(1)
    expect(map.size).toBeLessThanOrEqual(100)
  }
  expect(map.get('passing 5')).toBeUndefined()
  expect(map.get('passing 9999')).toBe(9999)
})

test('what is deleted is gone, whichever generation it was in', () => {
  const map = new RecentMap<number>(4)
  for (const n of [1, 2, 3]) map.set(`${n}`, n)
  map.deleteWhere((value) => value !== 2)
  expect(['1', '2', '3'].map((key) => map.get(key))).toEqual([undefined, 2, undefined])
})
