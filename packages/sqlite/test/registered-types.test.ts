import { createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hostHandle } from './open.ts'
import { temporaryFile } from './temporary-file.ts'

const name = 'deal.won'
const schema = { type: 'object', required: ['amount'] }
const won = { organizationId: 'acme', type: name, data: { amount: 1 } }
const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]

describe.each([
  ['a file', temporaryFile],
  ['a database in memory', () => ':memory:'],
])('in %s', (_, path) => {
  test('a transaction of the host’s checks events by registered types, without awaiting anything', async () => {
    const database = hostHandle(path())
    const leadhooks: Leadhooks = createLeadhooks({ storage: sqliteStorage({ database }), encryptionKeys })
    onTestFinished(() => leadhooks.close())
    await leadhooks.migrate()
    await leadhooks.events.registerType({ name, schema })
    const dispatch = database.transaction((data: object) => leadhooks.dispatchEventSync({ ...won, data }))
    for (let round = 0; round < 2; round++) {
      expect(dispatch({ amount: round }).duplicate).toBe(false)
      expect(() => dispatch({})).toThrow('/data/amount')
    }
    await leadhooks.dispatchEvent(won, { tx: database })
    expect((await leadhooks.events.list({ organizationId: 'acme' })).data).toHaveLength(3)
  })
})
