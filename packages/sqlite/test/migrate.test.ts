import { expect, test } from 'vitest'
import { hostHandle, openStorage } from './open.ts'
import { claimAll } from './rows.ts'
import { temporaryFile } from './temporary-file.ts'

test('what is pending is told without a change to an empty file, and is what a migration runs', async () => {
  const database = hostHandle(temporaryFile())
  const storage = openStorage({ database })
  const pending = await storage.pendingMigrations()
  expect(pending).toMatchObject([
    { version: 1, name: 'initial', mode: 'transactional' },
    { version: 2, name: 'duties', mode: 'transactional' },
  ])
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
