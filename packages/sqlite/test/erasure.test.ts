import { createLeadhooks } from '@leadhooks/core'
import { startReceiver } from '@leadhooks/core/testing'
import { sqliteStorage } from '@leadhooks/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { hostHandle } from './open.ts'
import { temporaryFile } from './temporary-file.ts'

/** What belongs to no organization. */
const others = ['migrations', 'duties', 'workers', 'fan_out', 'api_key_changes', 'event_type_changes']
const isOthers = (table: string): boolean => others.some((name) => table === `leadhooks_${name}`)

test('an erasure leaves no row of an organization in any table, but for its entry in the audit log of all', async () => {
  const database = hostHandle(temporaryFile())
  const receiver = await startReceiver({ respond: [{ body: 'ok' }, 500] })
  const leadhooks = createLeadhooks({
    storage: sqliteStorage({ database }),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
  })
  onTestFinished(async () => {
    await leadhooks.close()
    await receiver.close()
  })
  await leadhooks.migrate()
  const organizationId = 'acme'
  await leadhooks.organizations.upsert({ id: organizationId, name: 'Acme' })
  const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'Key', role: 'admin' })
  await leadhooks.apiKeys.verify(token)
  await leadhooks.webhooks.create({ organizationId, url: receiver.url, format: 'standard' })
  await leadhooks.events.registerType({ organizationId, name: 'deal_won', schema: {} })
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': 'once',
  }
  const body = JSON.stringify({ name: 'deal_lost', schema: {} })
  await leadhooks.fetch(new Request('https://crm.example/event-types', { method: 'POST', headers, body }))
  const worker = leadhooks.startWorker()
  const event = { organizationId, type: 'new_lead', data: { email: 'ada@example.com' } }
  await leadhooks.dispatchEvents([event, event])
  await receiver.received(2)
  await worker.stop()
  await leadhooks.deliveries.replayMany({ organizationId, status: 'delivered' })
  await leadhooks.dispatchEvent(event)

  const tables = database
    .prepare<[], string>(`select name from sqlite_master where type = 'table' and name like 'leadhooks_%'`)
    .pluck()
    .all()
    .filter((table) => !isOthers(table))
  const counts = (): Record<string, number> =>
    Object.fromEntries(
      tables
        .map((table): [string, number] => [
          table.slice('leadhooks_'.length),
          Number(database.prepare(`select count(*) from ${table}`).pluck().get()),
        ])
        .filter(([, count]) => count > 0),
    )
  for (const table of [
    'events',
    'attempts',
    'deliveries',
    'delivery_bodies',
    'webhooks',
    'audit_log',
    'requests',
  ])
    expect(counts()).toHaveProperty(table)
  await leadhooks.organizations.delete({ id: organizationId, actor: { type: 'user', id: 'officer' } })
  expect(counts()).toEqual({ audit_log: 1, audit_heads: 1 })
  expect((await leadhooks.audit.list({ organizationId: '*' })).data).toMatchObject([
    { action: 'organization.deleted', targetId: organizationId, actor: { id: 'officer' }, before: null },
  ])
  expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: false })
})
