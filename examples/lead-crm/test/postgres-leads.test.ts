import { testPostgres } from '@leadhooks/test-services/vitest'
import { Client } from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openCrm } from '../src/open-crm.ts'
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
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
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

test('more requests than connections: each waits for its turn', async () => {
  const crm = await startCrm({ DATABASE_URL: await (await testPostgres()).createDatabase() })
  const posts = Array.from({ length: 50 }, async (_, index) =>
    crm.send('POST', '/leads', { name: 'Ada', email: `ada${index}@example.com` }),
  )
  for (const { status } of await Promise.all(posts)) expect(status).toBe(201)
  const { data } = await crm.leadhooks.events.list({ organizationId: 'acme', limit: 100 })
  expect(data).toHaveLength(50)
})
