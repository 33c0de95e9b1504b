import { createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Host } from './host.ts'
import { hostLibraries } from './host-libraries.ts'

const organizationId = 'acme'

describe.each(hostLibraries)('$name', ({ open }) => {
  let pool: Pool
  let leadhooks: Leadhooks
  let host: Host

  beforeAll(async () => {
    const { createDatabase } = await testPostgres()
    const url = await createDatabase()
    pool = new Pool({ connectionString: url, max: 4 })
    await pool.query('create table leads (id text primary key)')
    leadhooks = createLeadhooks({
      storage: postgresStorage({ pool }),
      encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    })
    await leadhooks.migrate()
    await leadhooks.webhooks.create({
      organizationId,
      url: 'https://example.com/hook',
      eventTypes: ['new_lead'],
    })
    host = await open(url)
  })
  afterAll(async () => {
    await host?.close()
    await leadhooks?.close()
    await pool?.end()
  })

  const lead = (id: string): string => `insert into leads (id) values ('${id}')`
  const event = (id: string) => ({ organizationId, type: 'new_lead', id, data: { id } })
  const leads = async (id: string) => (await pool.query('select from leads where id = $1', [id])).rowCount
  const find = async (id: string) =>
    leadhooks.events.get({ organizationId, id }).catch((error: Error) => error)
  const deliveries = async (eventId: string) =>
    (await leadhooks.deliveries.list({ organizationId, eventId })).data.length

  test('a commit keeps the row of the host and the event', async () => {
    const dispatched = await host.transaction(async ({ run, tx }) => {
      await run(lead('kept'))
      return leadhooks.dispatchEvent(event('kept'), { tx })
    })
    expect(dispatched).toMatchObject({ deliveries: 1, duplicate: false, event: { id: 'kept' } })
    expect(await leads('kept')).toBe(1)
    expect(await find('kept')).toMatchObject({ data: { id: 'kept' } })
    expect(await deliveries('kept')).toBe(1)
  })

  test('dup', async () => {
    await host.transaction(async ({ run, tx }) => {
      const first = await leadhooks.dispatchEvent(event('twice'), { tx })
      const second = await leadhooks.dispatchEvent(event('twice'), { tx })
      expect(first.duplicate).toBe(false)
      expect(second).toEqual({ ...first, deliveries: 0, duplicate: true })
    })
  })
  test('savepoint', async () => {
    await host.transaction(async ({ run, savepoint, tx }) => {
      await run(lead('before'))
      await leadhooks.dispatchEvent(event('before'), { tx })
      const undone = savepoint(async (part) => {
        await part.run(lead('since'))
        await leadhooks.dispatchEvent(event('since'), { tx: part.tx })
        throw new Error('changed its mind')
      })
      await expect(undone).rejects.toThrow('changed its mind')
    })
    expect([
      await leads('before'),
      await deliveries('before'),
      await leads('since'),
      await deliveries('since'),
    ]).toEqual([1, 1, 0, 0])
  })
})
