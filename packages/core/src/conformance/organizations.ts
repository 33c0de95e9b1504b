import assert from 'node:assert/strict'
import type { MaintenanceWindow } from '../model/webhook.ts'
import type { Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { addWebhook, after, organizationRow, race, start, webhookRow } from './fixtures.ts'

const once: MaintenanceWindow = { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-02T00:00:00+01:00' }
const weekly: MaintenanceWindow = {
  weekdays: ['sat', 'sun'],
  startsAt: '02:00',
  minutes: 120,
  timeZone: 'Europe/Berlin',
}

export const organizationCases: readonly ConformanceCase[] = [
  storageCase('an organization is found by its id, exactly as it was stored', async (storage) => {
    const named = organizationRow({ id: 'tenant/42 ü', name: 'Acme “Ltd.” 🏢', createdAt: after(123) })
    const nameless = organizationRow({
      id: 'globex',
      eventsPerMinute: 600,
      maintenance: [once, weekly],
      retention: { days: false, deliveredDays: 7 },
    })
    assert.deepEqual(await storage.upsertOrganization(named), named)
    assert.deepEqual(await storage.upsertOrganization(nameless), nameless)
    assert.deepEqual(await storage.findOrganization(named.id), named)
    assert.deepEqual(await storage.findOrganization(nameless.id), nameless)
    assert.equal(await storage.findOrganization('unknown'), null)
  }),

  storageCase(
    'an organization that is there already is changed, and keeps its first time',
    async (storage) => {
      await storage.upsertOrganization(organizationRow({ name: 'Acme', createdAt: after(1) }))
      for (const name of ['Acme Ltd.', null]) {
        const others = name === null ? { eventsPerMinute: 7 } : { maintenance: [weekly] }
        const changed = organizationRow({ name, ...others, createdAt: after(1) })
        assert.deepEqual(await storage.upsertOrganization({ ...changed, createdAt: after(2) }), changed)
        assert.deepEqual(await storage.findOrganization('acme'), changed)
      }
    },
  ),

  storageCase(
    'of ten callers with the same organization, one creates it and the others rename it',
    async (storage) => {
      const answers = await race(10, async (index) =>
        storage.upsertOrganization(organizationRow({ name: `Caller ${index}`, createdAt: after(index) })),
      )
      const stored = await storage.findOrganization('acme')
      for (const { createdAt } of answers) assert.deepEqual(createdAt, stored?.createdAt)
      assert.ok(answers.some(({ name }) => name === stored?.name))
      assert.deepEqual(await storage.listOrganizations({ limit: 10 }), [stored])
    },
  ),

  storageCase('all webhooks of an organization have its maintenance windows', async (storage) => {
    const before = await addWebhook(storage)
    const other = await addWebhook(storage, { organizationId: 'globex' })
    for (const maintenance of [[once, weekly], [weekly], []]) {
      await storage.upsertOrganization(organizationRow({ maintenance }))
      const later = await addWebhook(storage)
      for (const webhook of [before, later])
        assert.deepEqual(await storage.findWebhook(webhook), {
          ...webhook,
          organizationMaintenance: maintenance,
        })
    }
    assert.deepEqual(await storage.findWebhook(other), other)
  }),

  storageCase(
    'other windows of an organization end waits for maintenance, and no others',
    async (storage) => {
      const waiting = await addWebhook(storage, { waitsUntil: after(9), waitsFor: 'maintenance' })
      const open = await addWebhook(storage, { waitsUntil: after(9), waitsFor: 'circuit' })
      const other = { organizationId: 'globex', waitsUntil: after(9), waitsFor: 'maintenance' as const }
      const elsewhere = await addWebhook(storage, other)
      await storage.upsertOrganization(organizationRow({ name: 'renamed' }))
      assert.equal((await storage.findWebhook(waiting))?.waitsFor, 'maintenance')
      await storage.upsertOrganization(organizationRow({ maintenance: [once] }))
      const organizationMaintenance = [once]
      const freed = { ...waiting, waitsUntil: null, waitsFor: null, organizationMaintenance }
      assert.deepEqual(await storage.findWebhook(waiting), freed)
      assert.deepEqual(await storage.findWebhook(open), { ...open, organizationMaintenance })
      assert.deepEqual(await storage.findWebhook(elsewhere), elsewhere)
    },
  ),

  storageCase(
    'webhooks that are made while their organization is given windows have them too',
    async (storage) => {
      for (let round = 0; round < 5; round++) {
        const organizationId = `round-${round}`
        const webhooks = Array.from({ length: 10 }, () => webhookRow({ organizationId }))
        await Promise.all(
          webhooks.map(async (webhook, index) => {
            if (index === 5) await giveWindows(storage, organizationId)
            await storage.insertWebhook(webhook)
          }),
        )
        for (const webhook of webhooks)
          assert.deepEqual((await storage.findWebhook(webhook))?.organizationMaintenance, [once])
      }
    },
  ),
]

async function giveWindows(storage: Storage, id: string): Promise<void> {
  await storage.upsertOrganization(organizationRow({ id, maintenance: [once], createdAt: start }))
}
