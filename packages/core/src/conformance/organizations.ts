import assert from 'node:assert/strict'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { after, race, start } from './fixtures.ts'

export const organizationCases: readonly ConformanceCase[] = [
  storageCase('an organization is found by its id, exactly as it was stored', async (storage) => {
    const named = { id: 'tenant/42 ü', name: 'Acme “Ltd.” 🏢', eventsPerMinute: null, createdAt: after(123) }
    const nameless = { id: 'globex', name: null, eventsPerMinute: 600, createdAt: start }
    assert.deepEqual(await storage.upsertOrganization(named), named)
    assert.deepEqual(await storage.upsertOrganization(nameless), nameless)
    assert.deepEqual(await storage.findOrganization(named.id), named)
    assert.deepEqual(await storage.findOrganization(nameless.id), nameless)
    assert.equal(await storage.findOrganization('unknown'), null)
  }),

  storageCase(
    'an organization that is there already is renamed, and keeps its first time',
    async (storage) => {
      await storage.upsertOrganization({
        id: 'acme',
        name: 'Acme',
        eventsPerMinute: null,
        createdAt: after(1),
      })
      for (const name of ['Acme Ltd.', null]) {
        const renamed = { id: 'acme', name, eventsPerMinute: name === null ? 7 : null, createdAt: after(1) }
        assert.deepEqual(await storage.upsertOrganization({ ...renamed, createdAt: after(2) }), renamed)
        assert.deepEqual(await storage.findOrganization('acme'), renamed)
      }
    },
  ),

  storageCase(
    'of ten callers with the same organization, one creates it and the others rename it',
    async (storage) => {
      const answers = await race(10, async (index) =>
        storage.upsertOrganization({
          id: 'acme',
          name: `Caller ${index}`,
          eventsPerMinute: null,
          createdAt: after(index),
        }),
      )
      const stored = await storage.findOrganization('acme')
      for (const { createdAt } of answers) assert.deepEqual(createdAt, stored?.createdAt)
      assert.ok(answers.some(({ name }) => name === stored?.name))
      assert.deepEqual(await storage.listOrganizations({ limit: 10 }), [stored])
    },
  ),
]
