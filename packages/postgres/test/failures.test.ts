import { createLeadhooks } from '@leadhooks/core'
import type { ClaimedDelivery } from '@leadhooks/core/storage'
import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { encryptionKeys, openLeadhooks, openStorage } from './open.ts'
import { claimAll, newEvent, newWebhook, settled } from './rows.ts'

async function emptyDatabase(): Promise<string> {
  return (await testPostgres()).createDatabase()
}

test('a server that cannot be reached is named at start', async () => {
  const storage = postgresStorage({ connectionString: 'postgres://nobody@127.0.0.1:1/crm' })
  const leadhooks = createLeadhooks({ storage, encryptionKeys })
  await expect(leadhooks.migrate()).rejects.toMatchObject({
    code: 'storage_unavailable',
    message: expect.stringMatching(/ECONNREFUSED.*See to it that the server is up/),
  })
  await leadhooks.close()
})

test('a database that is not there is named', async () => {
  const { url } = await testPostgres()
  const storage = postgresStorage({ connectionString: url.replace(/\/\w*$/, '/no_such_database') })
  await expect(storage.migrate()).rejects.toMatchObject({
    code: 'storage_unavailable',
    message: expect.stringMatching(/"no_such_database" does not exist.*3D000/),
  })
  await storage.close()
})

test('without its tables nothing is written, and the error says what to call', async () => {
  const storage = postgresStorage({ connectionString: await emptyDatabase() })
  onTestFinished(async () => storage.close())
  const expected = {
    code: 'migration_required',
    message: expect.stringContaining('await leadhooks.migrate()'),
  }
  await expect(storage.insertEvents([newEvent()], {})).rejects.toMatchObject(expected)
  await expect(storage.findApiKeyByHash(['hash'])).rejects.toMatchObject(expected)
  await storage.migrate()
  expect(await storage.insertEvents([newEvent()], {})).toHaveLength(1)
})

test('tables of a newer release are left alone', async () => {
  const { url, pool } = await openStorage()
  await pool.query(
    `insert into leadhooks.migrations (version, name, applied_at) values (1000, 'later', now())`,
  )
  const storage = postgresStorage({ connectionString: url })
  onTestFinished(async () => storage.close())
  const expected = { code: 'migration_required', message: expect.stringContaining('a newer release') }
  await expect(storage.migrate()).rejects.toMatchObject(expected)
  await expect(storage.insertEvents([newEvent()], {})).rejects.toMatchObject(expected)
})

test('a connection that takes no writes is named before the first of them', async () => {
  const { url } = await openStorage()
  const pool = new Pool({ connectionString: url, options: '-c default_transaction_read_only=on' })
  onTestFinished(async () => pool.end())
  const storage = postgresStorage({ pool })
  const expected = { code: 'storage_unavailable', message: expect.stringContaining('connect to the primary') }
  await expect(storage.insertEvents([newEvent()], {})).rejects.toMatchObject(expected)
  expect(await storage.diagnose()).toContainEqual(
    expect.objectContaining({ check: 'writable', status: 'problem' }),
  )
})

test.each([
  ['a pool of one connection', () => ({ pool: new Pool({ max: 1 }) }), /max: 1/],
  ['something that is no pool', () => ({ pool: {} as never }), /expected `pool` to be a pool of pg/],
  ['neither a pool nor a URL', () => ({}), /either `pool` or `connectionString`/],
  ['a schema that is no plain name', () => ({ connectionString: 'x', schema: 'a"b' }), /schema/],
  ['too few connections', () => ({ connectionString: 'x', maxConnections: 1 }), /maxConnections/],
])('%s is refused at once', (_, options, message) => {
  expect(() => postgresStorage(options())).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringMatching(message) }),
  )
})

test('what Postgres cannot keep is refused with its path, and nothing is written', async () => {
  const { leadhooks } = await openLeadhooks()
  const event = { organizationId: 'acme', type: 'new_lead', data: { notes: ['fine', 'bad \u0000'] } }
  await expect(leadhooks.dispatchEvent(event)).rejects.toMatchObject({
    code: 'invalid_event_data',
    issues: [{ pointer: '/data/notes/1' }],
  })
  expect((await leadhooks.events.list({ organizationId: 'acme' })).data).toEqual([])
})

test('a connection that breaks in the middle of a transaction of ours does not end the process', async () => {
  const { pool, storage } = await openStorage()
  const webhook = newWebhook()
  await storage.insertWebhook(webhook)
  await storage.insertEvents([newEvent()], {})
  const [claimed] = await storage.claimDeliveries(claimAll)
  const gone = { status: 'dead_letter', reason: 'gone' } as const
  const settlement = { ...settled(claimed as ClaimedDelivery, gone), disableWebhook: 'gone' } as const
  // The statement that disables the webhook waits for this, in a transaction, and then its connection is dropped.
  const host = await pool.connect()
  await host.query('begin')
  await host.query('select from leadhooks.webhooks for update')
  const refused = expect(storage.settleDeliveries([settlement], {})).rejects.toMatchObject({
    code: 'storage_unavailable',
  })
  const waiting = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(async () => (await pool.query(waiting)).rowCount).toBe(1)
  await refused
  await host.query('rollback')
  host.release()
  // Nothing of it was written.
  expect(await storage.settleDeliveries([settlement], {})).toEqual([true])
  expect((await storage.findWebhook(webhook))?.enabled).toBe(false)
})

test('a pool whose connections the server drops does not end the process', async () => {
  const { url, pool, storage } = await openStorage()
  const own = new Pool({ connectionString: url })
  onTestFinished(async () => own.end())
  const beside = postgresStorage({ pool: own })
  await beside.insertEvents([newEvent()], {})
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
  await expect.poll(async () => beside.insertEvents([newEvent()], {}).catch(() => [])).toHaveLength(1)
  expect(await storage.findEvent({ organizationId: 'acme', id: 'unknown' })).toBeNull()
})
