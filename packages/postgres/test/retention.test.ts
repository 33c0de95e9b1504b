import { createLeadhooks } from '@leadhooks/core'
import type { Storage } from '@leadhooks/core/storage'
import { startReceiver } from '@leadhooks/core/testing'
import type { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { encryptionKeys, network, openStorage } from './open.ts'

const organizationId = 'acme'
const old = 200_000

/** Events of a hundred days ago, each delivered to one webhook by two attempts. */
async function fill(pool: Pool, webhookId: string): Promise<void> {
  await pool.query(`
    insert into leadhooks.events (organization_id, id, type, created_at, deliveries, body)
    select '${organizationId}', 'evt_' || n, 'new_lead', now() - interval '100 days' + n * interval '1 millisecond',
      'dlv_' || n || '_', '{}' from generate_series(1, ${old}) as n`)
  await pool.query(
    `insert into leadhooks.deliveries (id, organization_id, webhook_id, event_id, event_type, status, attempts, created_at,
      finished_at)
    select 'dlv_' || n || '_1', '${organizationId}', $1, 'evt_' || n, 'new_lead', 'delivered', 2,
      now() - interval '100 days' + n * interval '1 millisecond', now() - interval '99 days'
    from generate_series(1, ${old}) as n`,
    [webhookId],
  )
  await pool.query(`
    insert into leadhooks.attempts (delivery_id, number, started_at, outcome)
    select 'dlv_' || n || '_1', number, now() - interval '99 days', 'succeeded'
    from generate_series(1, ${old}) as n, generate_series(1, 2) as number`)
  await pool.query('vacuum analyze')
}

/** What every step removes, and the most of one. */
function watched<S extends Storage>(storage: S): { storage: S; most: () => number } {
  let most = 0
  const forgetDeliveries: Storage['forgetDeliveries'] = async (walk) => {
    const step = await storage.forgetDeliveries(walk)
    most = Math.max(most, step.deliveries + step.attempts)
    return step
  }
  const forgetEvents: Storage['forgetEvents'] = async (walk) => {
    const step = await storage.forgetEvents(walk)
    most = Math.max(most, step.events)
    return step
  }
  return { storage: { ...storage, forgetDeliveries, forgetEvents }, most: () => most }
}

test(
  '200,000 old deliveries go in small steps, and new ones are delivered meanwhile',
  { timeout: 180_000 },
  async () => {
    const opened = await openStorage()
    const { pool } = opened
    const receiver = await startReceiver()
    const { storage, most } = watched(opened.storage)
    const leadhooks = createLeadhooks({ storage, encryptionKeys, network })
    onTestFinished(async () => {
      await leadhooks.close()
      await receiver.close()
    })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    await fill(pool, webhook.id)
    leadhooks.startWorker()
    let isOver = false
    const run = leadhooks.maintenance.run({ batchSize: 2000 }).finally(() => {
      isOver = true
    })
    for (let n = 1; n <= 20; n++) {
      await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { n } })
      await receiver.received(n)
    }
    expect(isOver, 'Twenty events were delivered, one after the other').toBe(false)
    expect(await run).toMatchObject({
      outcome: 'done',
      removed: { deliveries: old, attempts: 2 * old, events: old },
    })
    expect(most()).toBeLessThan(2000 + 3)
    const { rows } = await pool.query<{ events: number; audited: number }>(`
    select (select count(*)::integer from leadhooks.events) as events,
      (select count(*)::integer from leadhooks.audit_log) as audited`)
    expect(rows).toEqual([{ events: 20, audited: 1 }])
  },
)
