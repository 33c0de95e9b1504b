import { expect, test } from 'vitest'
import { goRound, inChunks, merge, takeTurns } from './take-turns.ts'

function* say<Item>(...items: Item[]): Generator<Item> {
  yield* items
}

test('sources take turns until all are empty', () => {
  expect([...takeTurns([say('a1', 'a2', 'a3'), say(), say('b1'), say('c1', 'c2')])]).toEqual([
    'a1',
    'b1',
    'c1',
    'a2',
    'c2',
    'a3',
  ])
})

test('no source is looked for before its first item is asked for', () => {
  let found = 0
  function* sources(): Generator<Iterator<string>> {
    for (;;) yield say(`source ${++found}`)
  }
  const items = takeTurns(sources())
  expect([items.next().value, items.next().value]).toEqual(['source 1', 'source 2'])
  expect(found).toBe(2)
})

test.each([
  [
    [1, 4],
    [2, 3, 5],
    [1, 2, 3, 4, 5],
  ],
  [[], [1], [1]],
  [[1], [], [1]],
])('two sorted sources are one: %j and %j', (a, b, expected) => {
  expect([...merge(say(...a), say(...b), (item) => item)]).toEqual(expected)
})

test.each([
  ['', ['a', 'b', 'c']],
  ['a', ['b', 'c', 'a']],
  ['bb', ['c', 'a', 'b']],
  ['c', ['a', 'b', 'c']],
])('keys go round from behind %j', (start, expected) => {
  expect([...goRound(start, (last) => ['a', 'b', 'c'].find((key) => key > last) ?? null)]).toEqual(expected)
  expect([...goRound(start, () => null)]).toEqual([])
})

test('rows that are read in chunks come once, in order', () => {
  const rows = Array.from({ length: 100 }, (_, index) => index)
  const counts: number[] = []
  const read = inChunks<number>((last, count) => {
    counts.push(count)
    return rows.slice((last ?? -1) + 1).slice(0, count)
  })
  expect([...read]).toEqual(rows)
  expect(counts).toEqual([8, 16, 32, 64])
})
