import { describe, expect, test } from 'vitest'
import { checkFilter, type EventFilter, matchesFilter } from './event-filter.ts'

const data = {
  amount: 1500,
  stage: 'won',
  owner: null,
  isNew: true,
  lead: { source: 'web', address: { city: 'Berlin' } },
  tags: ['vip', 'eu'],
  items: [
    { sku: 'a', price: 5 },
    { sku: 'b', price: 50 },
  ],
  empty: [],
}

describe('a filter', () => {
  test.each<[EventFilter, boolean]>([
    [{}, true],
    [{ amount: 1500 }, true],
    [{ amount: '1500' }, false],
    [{ amount: { $eq: 1500 } }, true],
    [{ amount: { $gt: 1500 } }, false],
    [{ amount: { $gte: 1500, $lt: 1501 } }, true],
    [{ amount: { $lte: 1499 } }, false],
    [{ amount: { $gt: '1' } }, false],
    [{ stage: { $gt: 'lost', $lt: 'x' } }, true],
    [{ isNew: { $gte: true } }, false],
    [{ stage: 'won', amount: 1 }, false],
    [{ stage: { $ne: 'won' } }, false],
    [{ stage: { $ne: 'lost' } }, true],
    [{ stage: { $in: ['won', 'lost'] } }, true],
    [{ stage: { $nin: ['won', 'lost'] } }, false],
    [{ stage: { $startsWith: 'w' } }, true],
    [{ stage: { $endsWith: 'w' } }, false],
    [{ stage: { $contains: 'o' } }, true],
    [{ amount: { $contains: '5' } }, false],
    [{ owner: null }, true],
    [{ missing: null }, false],
    [{ missing: { $ne: 'x' } }, true],
    [{ missing: { $nin: ['x'] } }, true],
    [{ missing: { $not: { $gt: 1 } } }, true],
    [{ missing: { $exists: false } }, true],
    [{ owner: { $exists: true } }, true],
    [{ empty: { $exists: true } }, true],
    [{ empty: 1 }, false],
    [{ 'lead.source': 'web' }, true],
    [{ 'lead.address.city': { $startsWith: 'B' } }, true],
    [{ 'lead.address': { $exists: true } }, true],
    [{ 'lead.address': 'Berlin' }, false],
    [{ 'lead.missing.city': { $exists: true } }, false],
    [{ 'stage.length': { $exists: true } }, false],
    [{ tags: 'vip' }, true],
    [{ tags: { $ne: 'vip' } }, false],
    [{ tags: { $in: ['us', 'eu'] } }, true],
    [{ 'items.sku': 'b' }, true],
    [{ 'items.price': { $gt: 49 } }, true],
    [{ 'items.price': { $gt: 50 } }, false],
    [{ constructor: { $exists: true } }, false],
    [{ $or: [{ stage: 'lost' }, { amount: { $gt: 1000 } }] }, true],
    [{ $and: [{ stage: 'won' }, { amount: { $gt: 2000 } }] }, false],
    [{ $nor: [{ stage: 'lost' }, { amount: 1 }] }, true],
    [{ stage: 'won', $or: [{ $and: [{ tags: 'eu' }] }] }, true],
  ])('%j on the data of an event: %j', (filter, expected) => {
    expect(() => checkFilter(filter)).not.toThrow()
    expect(matchesFilter(filter, data)).toBe(expected)
  })

  test.each([null, 'text', 5, [], undefined])(
    'without a condition matches whatever the data is: %j',
    (any) => {
      expect(matchesFilter({}, any)).toBe(true)
      expect(matchesFilter({ a: 1 }, any)).toBe(false)
    },
  )
})

describe('a filter that cannot be', () => {
  const deep = (levels: number): EventFilter => (levels === 0 ? { a: 1 } : { $and: [deep(levels - 1)] })

  test.each<[unknown, string]>([
    [{ $where: 'true' }, '/filter/$where'],
    [{ a: { $regex: '(a+)+$' } }, '/filter/a/$regex'],
    [{ a: {} }, '/filter/a'],
    [{ a: [1] }, '/filter/a'],
    [{ a: { $in: [] } }, '/filter/a/$in'],
    [{ a: { $in: [{}] } }, '/filter/a/$in/0'],
    [{ a: { $gt: {} } }, '/filter/a/$gt'],
    [{ a: { $exists: 1 } }, '/filter/a/$exists'],
    [{ a: { $not: 1 } }, '/filter/a/$not'],
    [{ $or: [] }, '/filter/$or'],
    [{ $or: [1] }, '/filter/$or/0'],
    [{ a: 'x'.repeat(251) }, '/filter/a'],
    [{ [Array.from({ length: 17 }, () => 'a').join('.')]: 1 }, '/filter/a.a'],
    [deep(8), '/filter/$and/0'],
    [{ a: Number.NaN }, '/filter/a'],
    [{ a: { $in: [Number.POSITIVE_INFINITY] } }, '/filter/a/$in/0'],
    [{ a: 'x\u0000' }, '/filter/a'],
    [{ a: { $contains: '\ud800' } }, '/filter/a/$contains'],
    [{ 'a\u0000': 1 }, '/filter: Must not'],
    [{ $or: Array.from({ length: 101 }, () => ({})) }, '/filter/$or/100'],
    [{ a: { $in: Array.from({ length: 101 }, (_, n) => n) } }, '/filter/a/$in/100'],
  ])('is refused where it is wrong: %j', (filter, at) => {
    const check = (): void => checkFilter(filter as EventFilter)
    expect(check).toThrow(expect.objectContaining({ code: 'invalid_request' }))
    expect(check).toThrow(at)
  })

  test('but for the deepest and the longest that can', () => {
    expect(() => checkFilter(deep(6))).not.toThrow()
    expect(() => checkFilter({ a: { $in: Array.from({ length: 100 }, (_, n) => n) } })).not.toThrow()
  })
})

test('a filter that has looked at too much lets the event through', () => {
  const large = { list: Array.from({ length: 5000 }, (_, n) => n) }
  const filter = { list: { $in: Array.from({ length: 99 }, (_, n) => -n - 1) } }
  expect(matchesFilter(filter, { list: [1, 2, 3] })).toBe(false)
  expect(matchesFilter(filter, large)).toBe(true)
})

test('a filter that has searched through too much text lets the event through', () => {
  const filter = { $or: Array.from({ length: 50 }, (_, n) => ({ note: { $contains: `missing ${n}` } })) }
  expect(() => checkFilter(filter)).not.toThrow()
  expect(matchesFilter({ note: { $contains: 'missing' } }, { note: 'x'.repeat(250_000) })).toBe(false)
  expect(matchesFilter(filter, { note: 'x'.repeat(10_000) })).toBe(false)
  expect(matchesFilter(filter, { note: 'x'.repeat(250_000) })).toBe(true)
})

test('a filter of more parts than can be says so once, and is read no further', () => {
  const parts = Array.from({ length: 1_000_000 }, () => ({ $nor: [{}] }))
  expect(() => checkFilter({ $or: parts })).toThrow(
    /^\/filter\/\$or\/\d+[^;]*: There are more than 100 conditions$/,
  )
})
