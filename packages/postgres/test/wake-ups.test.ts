import { createLeadhooks, type EventCatalogue, type Leadhooks } from '@leadhooks/core'
import { startReceiver } from '@leadhooks/core/testing'
import { postgresStorage, type PostgresTransaction } from '@leadhooks/postgres'
import { startPostgres } from '@leadhooks/test-services'
import { Client } from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { encryptionKeys, network, openStorage } from './open.ts'

/**
 * Another process as far as Postgres can tell: nothing but the database is shared. Its worker does not ask by itself before a
 * test would time out: what arrives was told of.
 */
function openBeside(url: string, pollIntervalMs = 60_000): Leadhooks<EventCatalogue, PostgresTransaction> {
  const storage = postgresStorage({ connectionString: url })
  const leadhooks = createLeadhooks({ storage, encryptionKeys, network, delivery: { pollIntervalMs } })
  onTestFinished(async () => leadhooks.close())
  return leadhooks
}

async function openReceiver(leadhooks: Leadhooks<EventCatalogue, PostgresTransaction>) {
  const receiver = await startReceiver()
  onTestFinished(async () => receiver.close())
  await leadhooks.webhooks.create({ organizationId: 'acme', url: receiver.url })
  return receiver
}

const event = { organizationId: 'acme', type: 'new_lead', data: { id: 1 } }

/** Waits until a process listens, and wants to be told. */
async function untilListening(url: string, wanted = true): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await vi.waitFor(
    async () => {
      const { rows } = await client.query('select from leadhooks.listeners where wants_notices = $1', [
        wanted,
      ])
      expect(rows).toHaveLength(1)
    },
    { timeout: 20_000, interval: 20 },
  )
  await client.end()
}

test('an idle worker is told of an event of another process', async () => {
  const { url } = await openStorage()
  const [crm, sender] = [openBeside(url), openBeside(url)]
  const receiver = await openReceiver(crm)
  sender.startWorker()
  await untilListening(url)
  await crm.dispatchEvent(event)
  expect(await receiver.received(1)).toHaveLength(1)
  await crm.dispatchEvents([event, event])
  expect(await receiver.received(3)).toHaveLength(3)
})

test('it is told of an event when its transaction commits, however long that takes', async () => {
  const { url } = await openStorage()
  const leadhooks = openBeside(url)
  const receiver = await openReceiver(leadhooks)
  leadhooks.startWorker()
  await untilListening(url)
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await leadhooks.dispatchEvent(event, { tx: client })
  // Later events must not make it look past this one.
  await leadhooks.dispatchEvents(Array.from({ length: 50 }, () => event))
  await receiver.received(50)
  await client.query('commit')
  await client.end()
  expect(await receiver.received(51)).toHaveLength(51)
})

test('a connection that listens and is lost is replaced, and what came meanwhile is found', async () => {
  const { url, pool } = await openStorage()
  const [crm, sender] = [openBeside(url), openBeside(url)]
  const receiver = await openReceiver(crm)
  sender.startWorker()
  await untilListening(url)
  for (let count = 1; count <= 3; count++) {
    const listening = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%listeners%' and pid <> pg_backend_pid()`
    await pool.query(listening)
    await crm.dispatchEvent(event)
    expect(await receiver.received(count)).toHaveLength(count)
  }
})

test('the server may restart: the worker comes back by itself', async () => {
  const server = await startPostgres()
  onTestFinished(async () => server.close())
  // After a claim that failed a worker asks again by itself only.
  const leadhooks = openBeside(server.url, 100)
  await leadhooks.migrate()
  const receiver = await openReceiver(leadhooks)
  leadhooks.startWorker()
  await untilListening(server.url)
  await server.stop('fast')
  await expect(leadhooks.dispatchEvent(event)).rejects.toMatchObject({ code: 'storage_unavailable' })
  await server.start()
  await leadhooks.dispatchEvent(event)
  expect(await receiver.received(1)).toHaveLength(1)
})

test('nobody is notified where nobody waits', async () => {
  const { url } = await openStorage()
  const crm = openBeside(url)
  await openReceiver(crm)
  const client = new Client({ connectionString: url })
  await client.connect()
  onTestFinished(async () => client.end())
  const heard: (string | undefined)[] = []
  client.on('notification', ({ payload }) => heard.push(payload))
  await client.query('listen "leadhooks.work"')
  await crm.dispatchEvent(event)
  await client.query('select 1')
  expect(heard).toEqual([])

  await client.query(
    `insert into leadhooks.listeners (id, wants_notices, seen_at) values ('someone', true, now())`,
  )
  await crm.dispatchEvent(event)
  await client.query('select 1')
  expect(heard).toEqual([expect.stringMatching(/^whk_\w+ acme$/)])
})

test('a flood of notices turns them off, and quiet turns them on again', async () => {
  const { url, pool } = await openStorage()
  const [crm, sender] = [openBeside(url), openBeside(url)]
  const receiver = await openReceiver(crm)
  sender.startWorker()
  await untilListening(url)
  const flood = async (): Promise<unknown> => pool.query(`select pg_notify('leadhooks.work', '')`)
  await Promise.all(Array.from({ length: 400 }, flood))
  await untilListening(url, false)
  await crm.dispatchEvent(event)
  expect(await receiver.received(1)).toHaveLength(1)
  await untilListening(url)
  await crm.dispatchEvent(event)
  expect(await receiver.received(2)).toHaveLength(2)
})

test('behind a pooler of transactions nothing listens, and what is due is found by asking', async () => {
  const { url, pool } = await openStorage()
  const storage = postgresStorage({ connectionString: url, transactionPooling: true })
  const sender = createLeadhooks({ storage, encryptionKeys, network, delivery: { pollIntervalMs: 20 } })
  onTestFinished(async () => sender.close())
  const crm = openBeside(url)
  const receiver = await openReceiver(crm)
  sender.startWorker()
  await crm.dispatchEvent(event)
  expect(await receiver.received(1)).toHaveLength(1)
  const { rows } = await pool.query('select from leadhooks.listeners')
  expect(rows).toHaveLength(0)
})

test('a worker that stops listens no longer', async () => {
  const { url, pool } = await openStorage()
  const leadhooks = openBeside(url)
  const worker = leadhooks.startWorker()
  await untilListening(url)
  await worker.stop()
  const { rows } = await pool.query('select from leadhooks.listeners')
  expect(rows).toHaveLength(0)
})
