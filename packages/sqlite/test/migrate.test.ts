import { expect, test } from 'vitest'
import { migrations } from '../src/migrations.ts'
import { hostHandle, openStorage } from './open.ts'
import { claimAll, newEvent } from './rows.ts'
import { temporaryFile } from './temporary-file.ts'

test('what is pending is told without a change to an empty file, and is what a migration runs', async () => {
  const database = hostHandle(temporaryFile())
  const storage = openStorage({ database })
  const pending = await storage.pendingMigrations()
  expect(pending.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
  expect(pending).toMatchObject(migrations.map(({ name, mode }) => ({ name, mode })))
  expect(database.prepare('select count(*) from sqlite_master').pluck().get()).toBe(0)

  expect(await storage.migrate()).toEqual(pending)
  expect(await storage.migrate()).toEqual([])
  expect(await storage.pendingMigrations()).toEqual([])
})

test('the statements of what is pending can be run by hand: then nothing is left to migrate', async () => {
  const database = hostHandle(temporaryFile())
  const storage = openStorage({ database })
  for (const { statements } of await storage.pendingMigrations())
    for (const statement of statements) database.exec(statement)
  expect(await storage.pendingMigrations()).toEqual([])
  expect(await storage.migrate()).toEqual([])
  expect(await storage.claimDeliveries(claimAll)).toEqual([])
  const appliedAt = database.prepare('select applied_at from leadhooks_migrations').pluck().get()
  expect(Number(appliedAt), 'In milliseconds').toBeGreaterThan(Date.parse('2026-01-01'))
})

test('webhooks of version 1 stay, and those without a retry policy of their own get the age of the host', async () => {
  const database = hostHandle(temporaryFile())
  const storage = openStorage({ database })
  const [initial] = await storage.pendingMigrations()
  for (const statement of initial?.statements ?? []) database.exec(statement)
  const insert = database.prepare(`
    insert into leadhooks_webhooks (organization_id, id, url, event_types, header_names, body_signature, retry, enabled,
      created_at, updated_at, sealed_secret, max_age_ms)
    values ('acme', ?, 'https://receiver.example/', '[]', '[]', 'off', ?, 1, 1000, 1000, 'sealed', 90000000)`)
  insert.run('whk_own', '"stepped"')
  insert.run('whk_default', null)

  expect(await storage.migrate()).toHaveLength(migrations.length - 1)
  const webhooks = await storage.listWebhooks({ organizationId: 'acme', limit: 10 })
  expect(webhooks).toMatchObject([
    { id: 'whk_own', retry: 'stepped', maxAgeMs: 90_000_000, sealedSecret: 'sealed' },
    { id: 'whk_default', retry: null, maxAgeMs: null, sealedSecret: 'sealed' },
  ])
  expect(await storage.insertEvents([newEvent()], {})).toMatchObject([{ deliveries: 2 }])
  await storage.updateWebhook(
    { organizationId: 'acme', id: 'whk_own' },
    { enabled: false, updatedAt: new Date() },
  )
  expect(await storage.insertEvents([newEvent()], {})).toMatchObject([{ deliveries: 1 }])
})
