import { expect, test } from 'vitest'
import type { Codec } from './codec.ts'
import { fromRow, rowMapping, toChanges, toRow } from './row-mapping.ts'

interface Thing {
  id: string
  color: 'red' | 'green'
  size: number | null
  madeAt: Date
  isOld: boolean
  parts: string[]
}

const mapping = rowMapping<Thing>('things', {
  id: 'text',
  color: ['red', 'green'],
  size: 'number',
  madeAt: 'date',
  isOld: 'boolean',
  parts: 'json',
})

const codec: Codec = {
  date: { write: (date) => date.getTime(), read: (stored) => new Date(stored as number) },
  boolean: { write: Number, read: (stored) => stored === 1 },
  json: {
    write: (value) => JSON.stringify(value),
    read: (stored) => JSON.parse(stored as string) as unknown,
  },
}

const thing: Thing = { id: 't1', color: 'red', size: null, madeAt: new Date(5), isOld: true, parts: ['a'] }
const row = { id: 't1', color: 'red' as const, size: null, made_at: 5, is_old: 1, parts: '["a"]' }

test('a model is kept in a column for each field, and read back as it was', () => {
  expect(toRow(mapping, codec, thing)).toEqual(row)
  expect(fromRow(mapping, codec, row)).toEqual(thing)
})

test('changes are the columns of the fields that are given, null among them, and of no others', () => {
  const changes = { size: null, madeAt: new Date(7), isOld: undefined, unknown: 1 }
  expect(toChanges(mapping, codec, changes as unknown as Partial<Thing>)).toEqual({ size: null, made_at: 7 })
})

test.each([
  ['parts', 'no JSON'],
  ['color', 'blue'],
  ['size', 'large'],
  ['id', 7],
])('a row whose column %s holds %j is corrupt: table, row and column are named', (column, stored) => {
  const damaged = { ...row, [column]: stored }
  expect(() => fromRow(mapping, codec, damaged)).toThrow(
    expect.objectContaining({
      code: 'storage_corrupt',
      message: expect.stringMatching(new RegExp(`"${damaged.id}".*things.*column ${column}`)) as string,
      cause: expect.any(Error) as Error,
    }),
  )
})
