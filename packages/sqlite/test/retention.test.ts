import { createLeadhooks } from '@leadhooks/core'
import { newDeliveryId, type Storage } from '@leadhooks/core/storage'
import { startReceiver } from '@leadhooks/core/testing'
import { sqliteStorage } from '@leadhooks/sqlite'
import type { Database } from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { hostHandle } from './open.ts'
import { temporaryFile } from './temporary-file.ts'

const organizationId = 'acme'
const old = 200_000
const dayMs = 86_400_000

/** Events of a hundred days ago, each delivered to one webhook by two attempts. */
function fill(database: Database, webhookId: string): void {
  const start = Date.now() - 100 * dayMs
  const event = database.prepare(`
    insert into leadhooks_events (organization_id, id, type, created_at, dispatched_at, deliveries, body, is_dated)
    values (?, ?, 'new_lead', ?, ?, ?, ?, 1)`)
  const delivery = database.prepare(`
    insert into leadhooks_deliveries (organization_id, id, webhook_id, event_id, event_type, status, attempts, created_at,
      finished_at, lapses)
    values (?, ?, ?, ?, 'new_lead', 'delivered', 2, ?, ?, 0)`)
  const attempt = database.prepare(`
    insert into leadhooks_attempts (delivery_id, number, started_at, outcome) values (?, ?, ?, 'succeeded')`)
  const body = JSON.stringify({ data: 'x'.repeat(150) })
  database.transaction(() => {
    for (let n = 0; n < old; n++) {
      const at = start + n
      const id = newDeliveryId(at)
      const eventId = id.replace('dlv', 'evt')
      event.run(organizationId, eventId, at, at, JSON.stringify([[webhookId, id]]), body)
      delivery.run(organizationId, id, webhookId, eventId, at, at)
      for (const number of [1, 2]) attempt.run(id, number, at)
    }
    database.exec('update leadhooks_fan_out set seq = (select max(seq) from leadhooks_events)')
  })()
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
    const path = temporaryFile()
    const database = hostHandle(path)
    const receiver = await startReceiver()
    const { storage, most } = watched(sqliteStorage({ path, synchronous: 'NORMAL' }))
    const leadhooks = createLeadhooks({
      storage,
      encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
      network: { allowPrivateAddresses: true, allowHttp: true },
    })
    onTestFinished(async () => {
      await leadhooks.close()
      await receiver.close()
    })
    await leadhooks.migrate()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    fill(database, webhook.id)

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
    const count = (table: string): unknown => database.prepare(`select count(*) from ${table}`).pluck().get()
    expect([count('leadhooks_events'), count('leadhooks_audit_log')]).toEqual([20, 1])
    const space = (await leadhooks.diagnose()).find(({ check }) => check === 'free-space')
    expect(space).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('run `vacuum`') as string,
    })
    database.exec('vacuum')
    expect((await leadhooks.diagnose()).find(({ check }) => check === 'free-space')).toMatchObject({
      status: 'ok',
    })
  },
)
