import { describe, expect, test } from 'vitest'
import { applyMapping, checkMapping, type PayloadMapping } from './payload-mapping.ts'

const event = {
  id: 'evt_1',
  type: 'new_lead',
  timestamp: '2026-01-01T00:00:00.000Z',
  data: {
    name: 'Zoë "🦊"',
    none: null,
    no: false,
    amount: 12.5,
    contact: { email: 'z@example.com', tags: ['vip', 'de'] },
    items: [{ sku: 'a' }, { sku: 'b' }],
    __proto__: null,
    length: 3,
  },
}

const mapped = (mapping: PayloadMapping, most = 10_000): unknown => {
  checkMapping(mapping)
  return JSON.parse(applyMapping(mapping, event, most))
}

describe('a mapping', () => {
  test('picks, renames and nests fields, and adds constants', () => {
    const mapping = {
      who: 'data.name',
      mail: { to: 'data.contact.email', tags: 'data.contact.tags' },
      source: { $value: 'crm' },
      meta: { $value: { version: 2, flags: [true, null] } },
      parts: ['type', 'data.items.1.sku', { $value: 0 }, { id: 'id' }],
      at: 'timestamp',
    }
    expect(mapped(mapping)).toEqual({
      who: 'Zoë "🦊"',
      mail: { to: 'z@example.com', tags: ['vip', 'de'] },
      source: 'crm',
      meta: { version: 2, flags: [true, null] },
      parts: ['new_lead', 'b', 0, { id: 'evt_1' }],
      at: '2026-01-01T00:00:00.000Z',
    })
  })

  test('leaves out what the event does not have, or puts something in its place', () => {
    const mapping = {
      left: 'data.phone',
      deep: 'data.name.first',
      nobody: { phone: 'data.phone' },
      list: ['data.phone', 'data.no', 'data.items.7'],
      empty: { $field: 'data.phone', $else: null },
      other: { $field: 'data.phone', $else: '-' },
      none: { $field: 'data.none', $else: '-' },
      no: { $field: 'data.no', $else: true },
    }
    expect(mapped(mapping)).toEqual({
      nobody: {},
      list: [false],
      empty: null,
      other: '-',
      none: null,
      no: false,
    })
  })

  test('takes the data as a whole, or nothing of it', () => {
    expect(mapped({ all: 'data' })).toEqual({ all: event.data })
    expect(mapped({})).toEqual({})
  })

  test('finds only what the event itself has', () => {
    const mapping = {
      a: 'data.constructor',
      b: 'data.contact.toString',
      c: 'data.items.length',
      d: 'data.name.length',
    }
    expect(mapped(mapping)).toEqual({ c: 2 })
    expect(mapped({ n: 'data.length' })).toEqual({ n: 3 })
  })

  test('keeps the name of each field as it is', () => {
    const mapping = { 'a.b': 'id', 'c"\n': 'id', constructor: 'id' }
    expect(Object.keys(mapped(mapping) as object)).toEqual(['a.b', 'c"\n', 'constructor'])
  })

  test('puts no more together than it may', () => {
    const data = 'x'.repeat(1000)
    const twenty = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}`, 'data']))
    expect(() => applyMapping(twenty, { ...event, data }, 10_000)).toThrow(
      expect.objectContaining({ code: 'payload_too_large' }),
    )
    expect(applyMapping({ one: 'data' }, { ...event, data }, 2000)).toHaveLength(1010)
  })
})

describe('a mapping is refused', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 'id' : { a: deep(levels - 1) })

  test.each([
    ['a path into nothing', { a: 'contact.email' }, '/mapping/a'],
    ['an empty path', { a: '' }, '/mapping/a'],
    ['a path that ends with a dot', { a: 'data.' }, '/mapping/a'],
    ['a path with two dots', { a: { b: 'data..x' } }, '/mapping/a/b'],
    ['a path into a word', { a: 'type.x' }, '/mapping/a'],
    ['a long path', { a: `data.${'x'.repeat(250)}` }, '/mapping/a'],
    ['a path of many steps', { a: `data${'.x'.repeat(17)}` }, '/mapping/a'],
    ['a number for a path', { a: 1 }, '/mapping/a'],
    ['null for a path', { a: null }, '/mapping/a'],
    ['a number in a list', { a: ['id', 2] }, '/mapping/a/1'],
    ['a word that is none', { a: { $template: 'Hi {{data.name}}' } }, '/mapping/a/$template'],
    ['a word at the top', { $value: 1 }, '/mapping/$value'],
    ['a default without its field', { a: { $else: null } }, '/mapping/a/$else'],
    ['a field of no text', { a: { $field: 1 } }, '/mapping/a/$field'],
    ['a default of an object', { a: { $field: 'id', $else: {} } }, '/mapping/a/$else'],
    ['something beside a field', { a: { $field: 'id', b: 'id' } }, '/mapping/a/b'],
    ['something beside a constant', { a: { $value: 1, $else: 2 } }, '/mapping/a/$else'],
    ['a constant that is none', { a: { $value: { b: [Number.NaN] } } }, '/mapping/a/$value/b/0'],
    ['a constant that is undefined', { a: { $value: undefined } }, '/mapping/a/$value'],
    ['a long constant', { a: { $value: 'x'.repeat(251) } }, '/mapping/a/$value'],
    ['NUL in a constant', { a: { $value: 'x\u0000' } }, '/mapping/a/$value'],
    ['NUL in a name', { 'x\u0000': 'id' }, '/mapping/x\u0000'],
    ['half of a pair in a path', { a: 'data.\ud800' }, '/mapping/a'],
    [
      'the name of all prototypes',
      JSON.parse('{ "a": { "__proto__": "id" } }') as PayloadMapping,
      '/mapping/a/__proto__',
    ],
    ['nine levels', { a: deep(8) }, `/mapping${'/a'.repeat(8)}`],
    ['nine levels of a constant', { a: { $value: deep(8) } }, `/mapping/a/$value${'/a'.repeat(7)}`],
  ])('with %s', (_, mapping, pointer) => {
    expect(() => checkMapping(mapping)).toThrow(
      expect.objectContaining({ code: 'invalid_request', issues: [expect.objectContaining({ pointer })] }),
    )
  })

  test('with more than a hundred fields, whatever they are', () => {
    const many = (field: unknown, count = 101) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [n, field]))
    const lists = { a: { $value: Array.from({ length: 101 }, () => 1) } }
    for (const mapping of [many('id'), many({ $value: 1 }), many({}), many([]), { a: many('id') }, lists]) {
      expect(() => checkMapping(mapping)).toThrow('There are more than 100 fields')
    }
    checkMapping(many('id', 100))
    checkMapping({ a: deep(7) })
  })

  test('and what is wrong is listed only so far', () => {
    const wrong = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`$${n}`, 'id']))
    const error: { issues?: unknown[] } = {}
    try {
      checkMapping(wrong)
    } catch (thrown) {
      Object.assign(error, { issues: (thrown as { issues: unknown[] }).issues })
    }
    expect(error.issues).toHaveLength(100)
  })
})
