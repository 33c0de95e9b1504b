import { describe, expect, test } from 'vitest'
import { compileSchema } from './json-schema.ts'

const deal = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['amount', 'owner'],
  additionalProperties: false,
  properties: {
    amount: { type: 'number', minimum: 0 },
    owner: { $ref: '#/$defs/person' },
    tags: {
      type: 'array',
      items: { type: 'string', pattern: '^[a-z]{1,20}$' },
      uniqueItems: true,
      maxItems: 5,
    },
    stage: { enum: ['won', 'lost'] },
  },
  $defs: { person: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
}

const owner = { name: 'Ada' }

describe('a schema', () => {
  test('lets through what matches it', () => {
    const check = compileSchema(deal)
    expect(check({ amount: 1, owner })).toBeNull()
    expect(check({ amount: 0, owner, tags: ['a', 'b'], stage: 'won' })).toBeNull()
  })

  test.each([
    [{ owner }, '/amount'],
    [{ amount: -1, owner }, '/amount'],
    [{ amount: 1, owner: {} }, '/owner/name'],
    [{ amount: 1, owner: { name: 7 } }, '/owner/name'],
    [{ amount: 1, owner, 'a/b': 1 }, '/a~1b'],
    [{ amount: 1, owner, tags: ['a', 'B'] }, '/tags/1'],
    [{ amount: 1, owner, tags: ['a', 'a'] }, '/tags'],
    [{ amount: 1, owner, stage: 'open' }, '/stage'],
    ['text', ''],
  ])('names what does not match: %j', (data, pointer) => {
    expect(compileSchema(deal)(data)).toMatchObject({ pointer })
  })

  test('says nothing of the data that does not match', () => {
    const check = compileSchema({ properties: { ssn: { const: 'x', pattern: '^y$', maxLength: 3 } } })
    for (const ssn of ['078-05-1120', 'x'])
      expect(JSON.stringify(check({ ssn })?.message ?? '')).not.toContain('078-05-1120')
  })

  test('has formats for people only', () => {
    expect(compileSchema({ type: 'string', format: 'email' })('no address')).toBeNull()
  })

  test('may know the keywords of 2020-12', () => {
    const check = compileSchema({
      type: 'object',
      properties: { kind: true, list: { prefixItems: [{ type: 'string' }], items: false } },
      patternProperties: { '^x-': { type: 'number' } },
      dependentRequired: { list: ['kind'] },
      if: { properties: { kind: { const: 'a' } }, required: ['kind'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword
      then: { properties: { a: { type: 'string' } } },
      unevaluatedProperties: false,
    })
    expect(check({ kind: 'a', a: 'x', 'x-1': 1, list: ['x'] })).toBeNull()
    expect(check({ kind: 'b', a: 'x' })).toMatchObject({ pointer: '/a' })
    expect(check({ 'x-1': 'y' })).toMatchObject({ pointer: '/x-1' })
    expect(check({ kind: 'b', list: ['x', 'y'] })).toMatchObject({
      pointer: expect.stringContaining('/list'),
    })
  })
})

const nested = (levels: number): Record<string, unknown> => (levels === 0 ? {} : { not: nested(levels - 1) })
/** Each definition refers twice to the next: 2 to the power of `levels` schemas in all. */
const doubling = (levels: number): Record<string, unknown> => ({
  $ref: '#/$defs/0',
  $defs: Object.fromEntries(
    Array.from({ length: levels + 1 }, (_, n) => [
      n,
      n === levels ? true : { allOf: [{ $ref: `#/$defs/${n + 1}` }, { $ref: `#/$defs/${n + 1}` }] },
    ]),
  ),
})

describe('a schema is refused', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['that refers to elsewhere', { $ref: 'https://evil.example/schema.json' }, '/$ref'],
    ['that refers to a file', { properties: { a: { $ref: 'file:///etc/passwd' } } }, '/properties/a/$ref'],
    ['that refers to what is no definition', { $ref: '#/properties/a', properties: { a: true } }, '/$ref'],
    ['that refers to what there is not', { $ref: '#/$defs/__proto__', $defs: {} }, '/$ref'],
    [
      'that refers to itself',
      { $ref: '#/$defs/a', $defs: { a: { not: { $ref: '#/$defs/a' } } } },
      '/$defs/a/not/$ref',
    ],
    [
      'that refers to itself on a detour, unused',
      { $defs: { a: { items: { $ref: '#/$defs/b' } }, b: { items: { $ref: '#/$defs/a' } } } },
      '/$defs/a/items/$ref',
    ],
    ['that doubles with each definition', doubling(30), ''],
    ['that takes long for each item', { items: { allOf: Array.from({ length: 310 }, () => true) } }, ''],
    [
      'that compares the items of each list',
      { items: { allOf: [1, 2].map(() => ({ uniqueItems: true, maxItems: 9 })) } },
      '',
    ],
    ['with an address of its own', { $id: 'https://evil.example/' }, '/$id'],
    ['with dynamic references', { $dynamicRef: '#x' }, '/$dynamicRef'],
    ['that is to be awaited', { $async: true }, '/$async'],
    ['of another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema'],
    ['with a keyword that is misspelt', { requierd: ['a'] }, '/requierd'],
    ['with a keyword of an older draft', { dependencies: { a: { pattern: '(a+)+$' } } }, '/dependencies'],
    ['with a pattern that looks behind', { pattern: '(?<=a)b' }, '/pattern'],
    ['with a pattern that looks back', { pattern: '(a)\\1' }, '/pattern'],
    ['with a pattern that is none', { items: { pattern: '[' } }, '/items/pattern'],
    ['with a pattern of a field that is none', { patternProperties: { '(': true } }, '/patternProperties/('],
    [
      'with a pattern of too many steps',
      { allOf: ['a', 'b', 'c'].map((letter) => ({ pattern: `${letter}{1000}` })) },
      '',
    ],
    ['with values beyond number', { enum: Array.from({ length: 5000 }, (_, n) => n) }, ''],
    ['that compares each item with each other', { uniqueItems: true }, '/uniqueItems'],
    ['that does so with too many', { uniqueItems: true, maxItems: 201 }, '/uniqueItems'],
    ['that is nested too deep', nested(100), '/not/not/not/not/not/not/not/not'],
    ['that is too long', { description: 'x'.repeat(70_000) }, ''],
    ['of another form', { type: 'objekt' }, ''],
    ['of another form, deep down', { properties: { a: { maxLength: 'x' } } }, ''],
    ['with something else in a place of a schema', { properties: { a: 7 } }, '/properties/a'],
  ])('%s', (_, schema, pointer) => {
    const startedAt = performance.now()
    expect(() => compileSchema(schema)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        issues: [expect.objectContaining({ pointer: `/schema${pointer}` })],
      }),
    )
    expect(performance.now() - startedAt).toBeLessThan(2000)
  })
})

describe('the costliest schema that is let through is checked in a moment', () => {
  const worst: [string, Record<string, unknown>, unknown][] = [
    ['a pattern that would be catastrophic', { pattern: '^(a|a)*(a+)+$' }, `${'a'.repeat(250_000)}!`],
    [
      'many schemas for each of many items',
      { items: { allOf: Array.from({ length: 290 }, () => ({ type: 'number' })) } },
      Array.from({ length: 120_000 }, () => 1),
    ],
    [
      'many patterns for one long text',
      { allOf: Array.from({ length: 30 }, (_, n) => ({ pattern: `^([ab]*a[ab]{${n}})*$` })) },
      'ab'.repeat(125_000),
    ],
    [
      'lists of unique objects',
      { items: { uniqueItems: true, maxItems: 200 } },
      Array.from({ length: 140 }, () => Array.from({ length: 200 }, (_, n) => ({ n }))),
    ],
    [
      'a list that is longer than its unique items may be',
      { uniqueItems: true, maxItems: 200 },
      Array.from({ length: 60_000 }, (_, n) => [n]),
    ],
  ]
  test.each(worst)('%s', (_, schema, data) => {
    const check = compileSchema(schema)
    const startedAt = performance.now()
    check(data)
    expect(performance.now() - startedAt).toBeLessThan(3000)
  })
})
