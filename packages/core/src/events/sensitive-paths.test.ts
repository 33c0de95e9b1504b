import { expect, test } from 'vitest'
import { hideFields } from './sensitive-paths.ts'

test.each<[unknown, string[], unknown]>([
  [{ a: 1, b: 2 }, ['a'], { a: '(hidden)', b: 2 }],
  [{ a: { b: 1, c: 2 } }, ['a.b'], { a: { b: '(hidden)', c: 2 } }],
  [{ a: { b: { c: [1] } } }, ['a.b'], { a: { b: '(hidden)' } }],
  [{ a: [{ b: 1 }, { c: 2 }, 3] }, ['a.b'], { a: [{ b: '(hidden)' }, { c: 2 }, 3] }],
  [[[{ b: null }]], ['b'], [[{ b: '(hidden)' }]]],
  [{ a: 'text' }, ['a.b', 'c', 'toString', 'length'], { a: 'text' }],
  ['text', ['length', 'a'], 'text'],
  [null, ['a'], null],
  [{ a: { b: 1, c: 2 } }, ['a.b', 'a.c', 'a.b.c'], { a: { b: '(hidden)', c: '(hidden)' } }],
])('of %j nobody sees %j', (data, paths, shown) => {
  const before = JSON.stringify(data)
  expect(hideFields(data, paths)).toEqual(shown)
  expect(JSON.stringify(data)).toBe(before)
})

test('a field may be called as parts of objects are', () => {
  const data: unknown = JSON.parse('{"__proto__":{"x":1},"constructor":2}')
  expect(JSON.stringify(hideFields(data, ['__proto__.x', 'constructor']))).toBe(
    '{"__proto__":{"x":"(hidden)"},"constructor":"(hidden)"}',
  )
})
