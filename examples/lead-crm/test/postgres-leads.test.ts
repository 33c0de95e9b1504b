import { createServer } from 'node:http'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Client } from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createApp } from '../src/app.ts'
import { openCrm } from '../src/open-crm.ts'
import { listen } from '../src/quickstart/ports.ts'
import { encryptionKey } from './each-database.ts'
import { startCrm } from './start-crm.ts'

const ada = { name: 'Ada Lovelace', email: 'ada@example.com' }
const alan = { name: 'Alan Turing', email: 'alan@example.com' }

test('the table is made once, however many connections make it at the same moment', async () => {
  const databaseUrl = await (await testPostgres()).createDatabase()
  const crm = openCrm({ DATABASE_URL: databaseUrl, LEADHOOKS_ENCRYPTION_KEY: encryptionKey })
  onTestFinished(async () => crm.close())
  await Promise.all(Array.from({ length: 10 }, async () => crm.leads.migrate()))
  expect(await crm.leads.listLeads('acme')).toEqual([])
})

test('a connection that breaks halfway leaves neither lead nor event, and the next request goes on', async () => {
  const databaseUrl = await (await testPostgres()).createDatabase()
  const crm = await startCrm({ DATABASE_URL: databaseUrl })
  const other = new Client({ connectionString: databaseUrl })
  await other.connect()
  onTestFinished(async () => other.end())
  await other.query('begin')
  await other.query(`insert into leads values ('lead_1', 'acme', 'Ada', $1, null, 'api', 'new', now())`, [
    ada.email,
  ])

  // Alan and his event are written; Ada waits for the other transaction.
  const errors = silenceErrors()
  const broken = crm.send('POST', '/leads/import', [alan, ada])
  await vi.waitFor(
    async () => {
      const { rowCount } = await other.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      )
      expect(rowCount).toBe(1)
    },
    { timeout: 10_000 },
  )
  expect(await broken).toMatchObject({ status: 500, body: { code: 'internal' } })
  expect(errors).toHaveBeenCalledOnce()
  await other.query('rollback')

  expect((await crm.send('GET', '/leads')).body.data).toEqual([])
  expect((await crm.leadhooks.events.list({ organizationId: 'acme' })).data).toEqual([])
  expect((await crm.send('POST', '/leads/import', [alan, ada])).status).toBe(201)
})

test('of two imports in opposite orders one is saved, and the other is told why not', async () => {
  const crm = await startCrm({ DATABASE_URL: await (await testPostgres()).createDatabase() })
  const pairs = Array.from({ length: 5 }, async (_, index) => {
    const leads = ['ada', 'alan'].map((name) => ({ name, email: `${name}${index}@example.com` }))
    const imports = [leads, leads.toReversed()].map(async (list) => crm.send('POST', '/leads/import', list))
    return (await Promise.all(imports)).map(({ status }) => status).sort((a, b) => a - b)
  })
  for (const statuses of await Promise.all(pairs)) expect(statuses).toEqual([201, 409])
  expect((await crm.send('GET', '/leads')).body.data).toHaveLength(10)
})

test('a text that Postgres cannot keep is refused', async () => {
  const crm = await startCrm({ DATABASE_URL: await (await testPostgres()).createDatabase() })
  const refused = { status: 400, body: { code: 'invalid_request' } }
  expect(await crm.send('POST', '/leads', { ...ada, name: 'A\0da' })).toMatchObject(refused)
  expect(await crm.send('PATCH', '/leads/%00', { status: 'won' })).toMatchObject(refused)
})

test('while Postgres is out of reach, a request is told so, and nothing of the inside', async () => {
  const { leadhooks } = await startCrm({ DATABASE_URL: await (await testPostgres()).createDatabase() })
  const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'Test' })
  const crm = openCrm({
    DATABASE_URL: 'postgres://127.0.0.1:1/crm',
    LEADHOOKS_ENCRYPTION_KEY: encryptionKey,
  })
  const server = createServer(createApp(crm))
  onTestFinished(async () => {
    server.close()
    await crm.close()
  })
  const errors = silenceErrors()
  const url = await listen(server, 0, () => {})
  const response = await fetch(`${url}/leads`, { headers: { 'x-api-key': token } })
  const detail = 'Something went wrong on our side'
  expect(await response.json()).toEqual({ status: 503, code: 'storage_unavailable', detail })
  expect(errors).toHaveBeenCalledOnce()
})

test('more requests than connections: each waits for its turn', async () => {
  const crm = await startCrm({ DATABASE_URL: await (await testPostgres()).createDatabase() })
  const posts = Array.from({ length: 50 }, async (_, index) =>
    crm.send('POST', '/leads', { name: 'Ada', email: `ada${index}@example.com` }),
  )
  for (const { status } of await Promise.all(posts)) expect(status).toBe(201)
  const { data } = await crm.leadhooks.events.list({ organizationId: 'acme', limit: 100 })
  expect(data).toHaveLength(50)
})

/** What the CRM logs of its own faults. */
function silenceErrors() {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => errors.mockRestore())
  return errors
}
