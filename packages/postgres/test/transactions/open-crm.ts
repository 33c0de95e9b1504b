import { createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { startReceiver } from '@leadhooks/core/testing'
import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Pool } from 'pg'
import { expect } from 'vitest'

export const organizationId = 'acme'

/** A CRM with a table of its own and Leadhooks in one new database, and a webhook for what happens there. */
export interface Crm {
  url: string
  /** Another way into the database than that of the library under test. */
  pool: Pool
  leadhooks: Leadhooks
  /** The ids of the events that have reached the receiver, once there are so many. */
  received: (count: number) => Promise<string[]>
  /** What there is of this name: the CRM's own row, the event and its deliveries. */
  find: (id: string) => Promise<{ leads: number; events: number; deliveries: number }>
  /** Ends as soon as one transaction waits for another. */
  someoneWaits: () => Promise<void>
  close: () => Promise<void>
}

export async function openCrm(): Promise<Crm> {
  const postgres = await testPostgres()
  const url = await postgres.createDatabase()
  const pool = new Pool({ connectionString: url, max: 5 })
  await pool.query('create table leads (id text primary key)')
  const leadhooks = createLeadhooks({
    storage: postgresStorage({ pool }),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
  })
  await leadhooks.migrate()
  const receiver = await startReceiver()
  await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  return {
    url,
    pool,
    leadhooks,
    async received(count) {
      const requests = await receiver.received(count)
      return requests.map(({ headers }) => String(headers['webhook-id']))
    },
    async find(id) {
      const leads = await pool.query('select from leads where id = $1', [id])
      const events = await leadhooks.events.list({ organizationId })
      const deliveries = await leadhooks.deliveries.list({ organizationId, eventId: id })
      return {
        leads: leads.rowCount ?? 0,
        events: events.data.filter((event) => event.id === id).length,
        deliveries: deliveries.data.length,
      }
    },
    async someoneWaits() {
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      await expect.poll(async () => (await pool.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1)
    },
    async close() {
      await leadhooks.close()
      await receiver.close()
      await pool.end()
    },
  }
}

export const addLead = (id: string): string => `insert into leads (id) values ('${id}')`

export const newLead = (id: string) => ({ organizationId, type: 'new_lead', id, data: { id } })
