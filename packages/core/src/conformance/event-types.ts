import assert from 'node:assert/strict'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { after, race, raceAround, typeRow } from './fixtures.ts'

const rich = typeRow({
  organizationId: '*',
  name: 'Deal_2.won',
  description: 'Zoë’s deal;\n“won”',
  // In this order, and with what text in a database may not hold as it is.
  schema: { z: 1, a: { pattern: '^\u0000\ud800$' }, '': [null, 1.5, 'é'], $defs: {} },
  example: [{ amount: 1e21 }, 'x', null, false],
  sensitive: ['contact.e-mail ü', 'a'],
  createdAt: after(123),
  updatedAt: after(456),
})

export const eventTypeCases: readonly ConformanceCase[] = [
  storageCase('an event type is listed exactly as it was registered, by its name', async (storage) => {
    const types = [
      typeRow({ name: 'b' }),
      typeRow({ name: 'a', example: { n: 1 } }),
      typeRow({ name: 'a.b' }),
    ]
    for (const type of [...types, rich]) assert.equal(await storage.insertEventType(type), true)
    const [b, a, ab] = types
    assert.deepEqual(await storage.listEventTypes({ organizationId: 'acme' }), [a, ab, b])
    assert.equal(await storage.countEventTypes({ organizationId: 'acme' }), 3)
    const [stored] = await storage.listEventTypes({ organizationId: '*' })
    assert.equal(JSON.stringify(stored), JSON.stringify(rich))
    assert.deepEqual(await storage.listEventTypes({ organizationId: 'globex' }), [])
    assert.equal(await storage.countEventTypes({ organizationId: 'globex' }), 0)
  }),

  storageCase(
    'an event goes by the type of all organizations, or else by that of its own',
    async (storage) => {
      const [own, ofAll] = [{ const: 'own' }, { const: 'of all' }]
      const key = { organizationId: 'acme', name: 'deal.won' }
      assert.equal(await storage.findEventTypeRules(key), null)
      await storage.insertEventType(typeRow({ schema: own, sensitive: ['a'] }))
      await storage.insertEventType(typeRow({ organizationId: 'globex', schema: { const: 'another' } }))
      assert.deepEqual(await storage.findEventTypeRules(key), { schema: own, sensitive: ['a'] })
      await storage.insertEventType(typeRow({ organizationId: '*', schema: ofAll, sensitive: ['b.c'] }))
      for (const organizationId of ['acme', 'globex', 'new', '!', '*'])
        assert.deepEqual(await storage.findEventTypeRules({ ...key, organizationId }), {
          schema: ofAll,
          sensitive: ['b.c'],
        })
      assert.equal(await storage.findEventTypeRules({ ...key, name: 'deal' }), null)
      await storage.deleteEventType({ ...key, organizationId: '*' })
      assert.deepEqual(await storage.findEventTypeRules(key), { schema: own, sensitive: ['a'] })
      assert.equal(await storage.findEventTypeRules({ ...key, organizationId: 'new' }), null)
    },
  ),

  storageCase('where events can be written synchronously, their types are found so too', async (storage) => {
    assert.equal(storage.findEventTypeRulesSync === undefined, storage.insertEventsSync === undefined)
    const key = { organizationId: 'acme', name: 'deal.won' }
    assert.equal(storage.findEventTypeRulesSync?.(key) ?? null, null)
    await storage.insertEventType(typeRow())
    const rules = await storage.findEventTypeRules(key)
    assert.deepEqual(storage.findEventTypeRulesSync?.(key) ?? rules, rules)
  }),

  storageCase('an update of an event type changes the named fields and no others', async (storage) => {
    const expected = typeRow({ description: 'A deal', example: { amount: 1 } })
    const others = [typeRow({ name: 'deal.lost' }), typeRow({ organizationId: 'globex' })]
    for (const type of [expected, ...others]) await storage.insertEventType(type)
    const changes = [
      { description: null },
      { schema: { type: 'array' } },
      { sensitive: ['x.y'] },
      { example: [1] },
      { example: null },
      {},
    ]
    for (const [index, change] of changes.entries()) {
      const dated = { ...change, updatedAt: after(index) }
      Object.assign(expected, dated)
      assert.deepEqual(await storage.updateEventType(expected, dated), expected)
    }
    assert.deepEqual(await storage.listEventTypes({ organizationId: 'acme' }), [others[0], expected])
    assert.deepEqual(await storage.listEventTypes({ organizationId: 'globex' }), [others[1]])
    assert.equal(await storage.updateEventType({ organizationId: '*', name: 'deal.won' }, {}), null)
  }),

  storageCase('an event type that is deleted is gone, and no other', async (storage) => {
    const others = [typeRow({ name: 'deal.lost' }), typeRow({ organizationId: 'globex' })]
    for (const type of [typeRow(), ...others]) await storage.insertEventType(type)
    assert.equal(await storage.deleteEventType(typeRow()), true)
    assert.equal(await storage.deleteEventType(typeRow()), false)
    assert.deepEqual(await storage.listEventTypes({ organizationId: 'acme' }), [others[0]])
    assert.deepEqual(await storage.listEventTypes({ organizationId: 'globex' }), [others[1]])
  }),

  storageCase('of ten callers who register an event type at once, one does', async (storage) => {
    const answers = await race(10, async (index) => storage.insertEventType(typeRow({ example: index })))
    assert.equal(answers.filter(Boolean).length, 1)
    const [stored] = await storage.listEventTypes({ organizationId: 'acme' })
    assert.equal(answers[Number(stored?.example)], true)
    assert.equal(await storage.insertEventType(typeRow({ example: 'late' })), false)
    assert.deepEqual(await storage.listEventTypes({ organizationId: 'acme' }), [stored])
  }),

  storageCase('of ten callers who delete an event type at once, one is told that it did', async (storage) => {
    await storage.insertEventType(typeRow())
    const answers = await race(10, async () => storage.deleteEventType(typeRow()))
    assert.equal(answers.filter(Boolean).length, 1)
  }),

  storageCase('updates of different fields of an event type at once all stay', async (storage) => {
    await storage.insertEventType(typeRow())
    const [schema, example, description] = [{ type: 'array' }, [1], 'New']
    await raceAround(
      async () => storage.updateEventType(typeRow(), { schema }),
      async () =>
        Promise.all([
          storage.updateEventType(typeRow(), { example }),
          storage.updateEventType(typeRow(), { description }),
        ]),
    )
    const expected = [typeRow({ schema, example, description })]
    assert.deepEqual(await storage.listEventTypes({ organizationId: 'acme' }), expected)
  }),

  storageCase(
    'whoever keeps event types learns that one was registered, changed or deleted',
    async (storage) => {
      const versions = [await storage.eventTypesVersion()]
      assert.equal(versions[0], 0)
      const note = async (): Promise<void> => void versions.push(await storage.eventTypesVersion())
      await storage.insertEventType(typeRow({ organizationId: 'globex' }))
      await note()
      await storage.updateEventType(typeRow({ organizationId: 'globex' }), { description: 'New' })
      await note()
      await storage.insertEventType(rich)
      await note()
      await storage.deleteEventType(rich)
      await note()
      assert.equal(new Set(versions).size, versions.length)
      await race(10, async (index) => storage.insertEventType(typeRow({ name: `type_${index}` })))
      assert.ok(!versions.includes(await storage.eventTypesVersion()))
    },
  ),
]
