import type { Storage } from '@leadhooks/core/storage'
import type { Database } from '@leadhooks/sqlite'
import type BetterSqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { hostHandle, openMigrated } from './open.ts'
import { claimAll, deliveryCount, eventIds, newEvent, newWebhook } from './rows.ts'
import { temporaryFile } from './temporary-file.ts'

interface Host {
  database: BetterSqlite.Database
  storage: Storage<Database>
  leads: () => string[]
  addLead: (id: string) => void
}

async function openHost(path: string): Promise<Host> {
  const database = hostHandle(path)
  database.exec('create table leads (id text primary key)')
  const storage = await openMigrated({ database, busyTimeoutMs: 200 })
  await storage.insertWebhook(newWebhook())
  return {
    database,
    storage,
    leads: () => database.prepare<[], string>('select id from leads order by id').pluck().all(),
    addLead: (id) => void database.prepare('insert into leads (id) values (?)').run(id),
  }
}

describe.each([
  ['a file', temporaryFile],
  ['a database in memory', () => ':memory:'],
])('in %s', (_, path) => {
  test('a commit keeps the host’s row and the event', async () => {
    const { database, storage, leads, addLead } = await openHost(path())
    database.transaction(() => {
      addLead('a')
      expect(storage.insertEventsSync?.([newEvent({ id: 'evt-a' })], {})).toMatchObject([{ deliveries: 1 }])
    })()
    expect(leads()).toEqual(['a'])
    expect(await eventIds(storage)).toEqual(['evt-a'])
    expect(await storage.claimDeliveries(claimAll)).toHaveLength(1)
  })

  test('a rollback leaves neither', async () => {
    const { database, storage, leads, addLead } = await openHost(path())
    const failing = database.transaction(() => {
      addLead('a')
      storage.insertEventsSync?.([newEvent()], {})
      throw new Error('The host changed its mind')
    })
    expect(failing).toThrow('changed its mind')
    expect(leads()).toEqual([])
    expect(await eventIds(storage)).toEqual([])
    expect(await deliveryCount(storage)).toBe(0)
  })

  test('a rollback to a savepoint of the host’s undoes the events since', async () => {
    const { database, storage, leads, addLead } = await openHost(path())
    database.exec('begin')
    addLead('a')
    storage.insertEventsSync?.([newEvent({ id: 'evt-a' })], {})
    database.exec('savepoint before_b')
    addLead('b')
    storage.insertEventsSync?.([newEvent({ id: 'evt-b' })], {})
    database.exec('rollback to before_b')
    database.exec('commit')
    expect(leads()).toEqual(['a'])
    expect(await eventIds(storage)).toEqual(['evt-a'])
    expect(await deliveryCount(storage)).toBe(1)
  })

  test('an id seen before in the same transaction makes no second event', async () => {
    const { database, storage } = await openHost(path())
    database.transaction(() => {
      storage.insertEventsSync?.([newEvent({ id: 'evt-a', body: '{"first":true}' })], {})
      const again = storage.insertEventsSync?.([newEvent({ id: 'evt-a', body: '{"second":true}' })], {})
      expect(again).toMatchObject([{ duplicate: true, deliveries: 0, event: { body: '{"first":true}' } }])
    })()
    expect(await deliveryCount(storage)).toBe(1)
  })

  test('an error in the middle leaves the host’s transaction as it was', async () => {
    const { database, storage, leads, addLead } = await openHost(path())
    const unreadable = Object.defineProperty(newEvent(), 'body', {
      get() {
        throw new Error('This event cannot be read')
      },
    })
    database.exec('begin')
    addLead('a')
    expect(() => storage.insertEventsSync?.([newEvent(), unreadable], {})).toThrow('cannot be read')
    expect(database.inTransaction).toBe(true)
    addLead('b')
    database.exec('commit')
    expect(leads()).toEqual(['a', 'b'])
    expect(await eventIds(storage)).toEqual([])
  })

  test('with `tx`, an awaited dispatch is part of a transaction that spans awaits', async () => {
    const { database, storage, leads, addLead } = await openHost(path())
    database.exec('begin immediate')
    addLead('a')
    await storage.insertEvents([newEvent({ id: 'evt-a' })], { tx: database })
    await Promise.resolve()
    database.exec('commit')
    database.exec('begin immediate')
    addLead('b')
    await storage.insertEvents([newEvent({ id: 'evt-b' })], { tx: database })
    database.exec('rollback')
    expect(leads()).toEqual(['a'])
    expect(await eventIds(storage)).toEqual(['evt-a'])
  })

  test('integers that the host wants as bigint are numbers here', async () => {
    const { database, storage } = await openHost(path())
    database.defaultSafeIntegers(true)
    storage.insertEventsSync?.([newEvent({ id: 'evt-a' })], {})
    expect(storage.insertEventsSync?.([newEvent({ id: 'evt-a' })], {})).toMatchObject([{ duplicate: true }])
    expect(await storage.claimDeliveries(claimAll)).toHaveLength(1)
  })
})

test('any handle of the same file is as good, by whatever path it was opened', async () => {
  const path = temporaryFile()
  const { storage } = await openHost(path)
  const other = hostHandle(path.replace('/crm.db', '/./crm.db'))
  other.exec('begin')
  await storage.insertEvents([newEvent()], { tx: other })
  other.exec('rollback')
  expect(await eventIds(storage)).toEqual([])
  await storage.insertEvents([newEvent({ id: 'evt-a' })], { tx: other })
  expect(await eventIds(storage)).toEqual(['evt-a'])
})

test.each([
  ['another file', temporaryFile],
  ['another database in memory', () => ':memory:'],
])('a handle of %s is refused', async (_, path) => {
  const { storage } = await openHost(temporaryFile())
  const refused = {
    code: 'invalid_options',
    message: expect.stringContaining('`tx` is a handle of') as string,
  }
  await expect(storage.insertEvents([newEvent()], { tx: hostHandle(path()) })).rejects.toMatchObject(refused)
})

test('what the host set on its handle stays', async () => {
  const database = hostHandle(temporaryFile(), { timeout: 1234 })
  const settings = (): unknown[] =>
    ['journal_mode', 'synchronous', 'busy_timeout', 'foreign_keys', 'wal_autocheckpoint'].map((name) =>
      database.pragma(name, { simple: true }),
    )
  const before = settings()
  const storage = await openMigrated({ database })
  storage.insertEventsSync?.([newEvent()], {})
  await storage.insertEvents([newEvent()], {})
  expect(settings()).toEqual(before)
})
