import { expect, test } from 'vitest'
import { openLeadhooks } from './open.ts'

/** What belongs to no organization. */
const others = new Set([
  'migrations',
  'duties',
  'workers',
  'listeners',
  'claims',
  'rate_limits',
  'event_type_changes',
])

test('an erasure leaves no row of an organization in any table, but for its entry in the audit log of all', async () => {
  const { leadhooks, pool, storage } = await openLeadhooks()
  const organizationId = 'acme'
  await leadhooks.organizations.upsert({ id: organizationId, name: 'Acme' })
  const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'Key', role: 'admin' })
  const throttle = { requests: 1, perMs: 1000 }
  const url = 'http://127.0.0.1:40000/'
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url, throttle })
  await storage.drawFromThrottles([{ organizationId, id: webhook.id, wanted: 1 }], {})
  await leadhooks.events.registerType({ organizationId, name: 'deal_won', schema: {} })
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': 'once',
  }
  const body = JSON.stringify({ name: 'deal_lost', schema: {} })
  await leadhooks.fetch(new Request('https://crm.example/event-types', { method: 'POST', headers, body }))
  const event = { organizationId, type: 'new_lead', data: { email: 'ada@example.com' } }
  const ids = Array.from({ length: 1200 }, (_, n) => ({ ...event, id: `evt-${n}` }))
  await leadhooks.dispatchEvents(ids)
  const { data } = await leadhooks.deliveries.list({ organizationId, limit: 1 })
  await leadhooks.deliveries.cancel({ organizationId, id: data[0]?.id ?? '' })
  await leadhooks.deliveries.replayMany({ organizationId, status: 'cancelled' })

  const { rows } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'leadhooks'`,
  )
  const tables = rows.map(({ name }) => name).filter((name) => !others.has(name))
  const counts = async (): Promise<Record<string, number>> => {
    const found: Record<string, number> = {}
    for (const table of tables) {
      const counted = await pool.query<{ count: number }>(`select count(*)::integer from leadhooks.${table}`)
      const count = counted.rows[0]?.count ?? 0
      if (count > 0) found[table] = count
    }
    return found
  }
  expect(await counts()).toMatchObject({
    events: 1200,
    queue: 1199,
    deliveries: 1,
    webhooks: 1,
    throttles: 1,
    requests: 1,
  })
  await leadhooks.organizations.delete({ id: organizationId })
  expect(await counts()).toEqual({ audit_log: 1, audit_heads: 1 })
})
