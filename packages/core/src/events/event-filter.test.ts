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
    [{ a: { $in: Array.from({ length: 101 }, (_, n) => n) } }, '/filter/a/$in/100'],
    [{ $or: Array.from({ length: 101 }, () => ({})) }, '/filter/$or/100'],
    [{ $or: [{ $nor: Array.from({ length: 101 }, () => ({})) }] }, '/filter/$or/0/$nor/100'],
    [{ a: Number.NaN }, '/filter/a: Must be a finite number'],
    [{ a: { $lt: Number.POSITIVE_INFINITY } }, '/filter/a/$lt: Must be a finite number'],
    [{ a: { $in: [1, -Infinity] } }, '/filter/a/$in/1: Must be a finite number'],
    [{ a: { $not: { $eq: 'x\u0000' } } }, '/filter/a/$not/$eq: Must not contain NUL'],
    [{ a: { $nin: ['\ud800'] } }, '/filter/a/$nin/0: Must not contain NUL or lone surrogates'],
    [{ 'a.\u0000': 1 }, 'Must not contain NUL or lone surrogates'],
    [{ $and: [{ '\udc00': { $exists: true } }] }, '/filter/$and/0/\udc00: Must not contain NUL'],
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

describe('a filter that was sent to do harm', () => {
  const times = <Part>(length: number, part: (n: number) => Part): Part[] =>
    Array.from({ length }, (_, n) => part(n))

  test.each<[string, unknown]>([
    ['empty filters', { $or: times(1_000_000, () => ({ $nor: [{}] })) }],
    ['wrong filters', { $or: times(1_000_000, () => 1) }],
    ['wrong operators', Object.fromEntries(times(100_000, (n) => [`$${n}`, 1]))],
    ['wrong comparisons', { a: Object.fromEntries(times(100_000, (n) => [`$${n}`, 1])) }],
    ['wrong values', { a: { $in: times(1_000_000, () => ({})) } }],
  ])('is refused without a look at all of it: %s', (_, filter) => {
    const check = (): void => checkFilter(filter as EventFilter)
    expect(check).toThrow(expect.objectContaining({ code: 'invalid_request' }))
    expect(check).toThrow(/^.{1,20000}$/)
  })

  const nearly = `${'a'.repeat(124)}b${'a'.repeat(125)}`
  const texts = times(1000, () => 'a'.repeat(247))

  test.each<[string, EventFilter, unknown]>([
    ['many values', { $or: times(100, (n) => ({ x: -n - 1 })) }, times(5000, (n) => n)],
    ['a list of them', { x: { $in: times(100, (n) => -n - 1) } }, times(5000, (n) => n)],
    ['more values than it may look at', { x: -1 }, times(120_000, () => 1)],
    ['lists of lists', { x: -1 }, times(60_000, () => [1])],
    ['a long text', { $or: times(100, () => ({ x: { $contains: nearly } })) }, 'a'.repeat(250_000)],
    ['many texts', { $or: times(100, () => ({ x: { $contains: nearly } })) }, texts],
    ['how they start', { $or: times(100, () => ({ x: { $startsWith: nearly } })) }, texts],
    ['which comes first', { $or: times(100, () => ({ x: { $gt: nearly } })) }, texts],
    ['which is the same', { x: { $in: times(100, () => nearly.slice(3)) } }, texts],
  ])('lets through what would take too long: %s', (_, filter, x) => {
    expect(() => checkFilter(filter)).not.toThrow()
    expect(matchesFilter(filter, { x })).toBe(true)
  })

  test.each<[string, EventFilter, unknown]>([
    ['many values', { $or: times(100, (n) => ({ x: -n - 1 })) }, [1, 2, 3]],
    ['a long text', { x: { $contains: nearly } }, 'a'.repeat(250_000)],
    ['texts of some length', { $or: times(100, () => ({ x: { $contains: nearly } })) }, 'a'.repeat(2000)],
  ])('is judged where that takes no longer than it may: %s', (_, filter, x) => {
    expect(matchesFilter(filter, { x })).toBe(false)
  })
})
