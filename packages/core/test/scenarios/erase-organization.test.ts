import { memoryStorage } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import { letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
const event = { organizationId, type: 'new_lead', data: { id: 'lead_1' } }

test('an organization is erased in the background by whichever worker is left, and its log tells of it', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  const receiver = await openReceiver()
  const { leadhooks } = await openLeadhooks({ clock, storage, encryptionKeys })
  for (const id of [organizationId, 'globex']) {
    await leadhooks.webhooks.create({ organizationId: id, url: receiver.url })
    await leadhooks.dispatchEvent({ ...event, organizationId: id })
  }
  const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'Key', role: 'admin' })
  const authorize = () => ({ actor: 'ada', organizationId: '*' })
  const remove = async (headers: Record<string, string>, path = `/organizations/${organizationId}`) =>
    leadhooks.fetch(new Request(`https://crm.example${path}`, { method: 'DELETE', headers }), { authorize })
  expect((await remove({ authorization: `Bearer ${token}` })).status).toBe(403)
  for (let n = 0; n < 2; n++) expect((await remove({ 'sec-fetch-site': 'same-origin' })).status).toBe(202)
  expect((await leadhooks.events.list({ organizationId })).data).toHaveLength(1)

  // Another process goes on with it.
  const other = await openLeadhooks({ clock, storage, encryptionKeys })
  other.leadhooks.startWorker()
  await whileTimePasses(clock, receiver.received(1))
  for (let n = 0; n < 70; n++) await clock.advance(1000)
  await letSettle(clock)
  expect((await leadhooks.events.list({ organizationId })).data).toEqual([])
  expect((await leadhooks.webhooks.list({ organizationId })).data).toEqual([])
  expect((await leadhooks.events.list({ organizationId: 'globex' })).data).toHaveLength(1)
  expect((await leadhooks.apiKeys.verify(token)).ok).toBe(false)
  expect(await storage.listErasures({ limit: 10 })).toEqual([])
  const { data } = await leadhooks.audit.list({ organizationId: '*' })
  expect(data).toMatchObject([
    { action: 'organization.deleted', targetId: organizationId, actor: { id: 'ada' } },
  ])
  expect(await leadhooks.audit.verify({ organizationId: '*' })).toMatchObject({ ok: true })

  // A new life under the old id.
  await leadhooks.dispatchEvent(event)
  expect((await leadhooks.events.list({ organizationId })).data).toHaveLength(1)
  await leadhooks.organizations.delete({ id: organizationId })
  expect((await leadhooks.events.list({ organizationId })).data).toEqual([])
  await expect(leadhooks.organizations.delete({ id: '*' })).rejects.toMatchObject({ code: 'invalid_request' })
})
