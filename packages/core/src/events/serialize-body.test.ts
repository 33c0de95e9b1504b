import { describe, expect, test } from 'vitest'
import { serializeBody } from './serialize-body.ts'

const limits = { maxBodyBytes: 2000, maxDepth: 4 }
const serialize = (data: unknown): string =>
  serializeBody({ id: 'evt_1', type: 'new_lead', createdAt: new Date(0), data }, limits)

describe('the body of an event', () => {
  test('has the four fields of the format', () => {
    expect(serialize({ id: 'lead_1' })).toBe(
      '{"id":"evt_1","event":"new_lead","timestamp":"1970-01-01T00:00:00.000Z","data":{"id":"lead_1"}}',
    )
  })

  test('keeps dates, nulls, absent properties and unicode as JSON has them', () => {
    expect(
      JSON.parse(serialize({ at: new Date(0), none: null, left: undefined, name: 'Zoë 🦊' })).data,
    ).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      none: null,
      name: 'Zoë 🦊',
    })
  })

  test.each([
    ['a NUL byte', { a: ['x', 'y\u0000'] }, '/data/a/1'],
    ['a NUL byte in a name', { 'a\u0000': 1 }, '/data'],
    ['a lone surrogate', { name: '\ud800' }, '/data/name'],
    ['NaN', { n: Number.NaN }, '/data/n'],
    ['Infinity', [Infinity], '/data/0'],
    ['a BigInt', { n: 1n }, '/data/n'],
    ['a function', { 'a/b~c': () => 1 }, '/data/a~1b~0c'],
    ['undefined in an array', [undefined], '/data/0'],
    ['a Map, which JSON would empty', { map: new Map([[1, 2]]) }, '/data/map'],
    ['undefined alone', undefined, '/data'],
  ])('%s is refused with its path', (_, data, pointer) => {
    expect(() => serialize(data)).toThrow(
      expect.objectContaining({ code: 'invalid_event_data', issues: [expect.objectContaining({ pointer })] }),
    )
  })

  test('nested too deep is refused, also a cycle', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(serialize({ a: { b: { c: 1 } } })).toContain('"c":1')
    for (const data of [{ a: { b: { c: { d: {} } } } }, cycle]) {
      expect(() => serialize(data)).toThrow(expect.objectContaining({ code: 'payload_too_large' }))
    }
  })

  test('too long in bytes, not in characters, is refused', () => {
    expect(() => serialize('é'.repeat(1000))).toThrow(expect.objectContaining({ code: 'payload_too_large' }))
    expect(serialize('e'.repeat(1000))).toHaveLength(1082)
  })
})
