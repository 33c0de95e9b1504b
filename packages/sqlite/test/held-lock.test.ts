import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { hostHandle, openMigrated } from './open.ts'
import { claimAll, eventIds, newEvent, newWebhook, settled } from './rows.ts'
import { temporaryFile } from './temporary-file.ts'

/** Lets timers of a millisecond fire: if something held up the event loop, they would not. */
async function letTimersFire(count: number): Promise<void> {
  for (let fired = 0; fired < count; fired++) await setTimeout(1)
}

/** Whether each of the calls has come to an end. */
function watch(calls: readonly Promise<unknown>[]): () => boolean[] {
  const ended = calls.map(() => false)
  calls.forEach((call, index) => void call.then(() => (ended[index] = true)))
  return () => ended
}

describe.each(['wal', 'delete'])(
  'while the host holds a write transaction open across awaits (%s)',
  (journalMode) => {
    test('everything that writes waits without holding up the event loop, and nothing of it is rolled back', async () => {
      const database = hostHandle(temporaryFile())
      database.pragma(`journal_mode = ${journalMode}`)
      database.exec('create table leads (id text primary key)')
      const storage = await openMigrated({ database })
      const webhook = newWebhook()
      await storage.insertWebhook(webhook)
      await storage.insertEvents([newEvent(), newEvent()], {})
      const [claimed] = await storage.claimDeliveries({ ...claimAll, limit: 1 })
      if (claimed === undefined) throw new Error('There must be a delivery')

      database.exec('begin immediate')
      database.exec(`insert into leads (id) values ('lead')`)
      const calls = [
        storage.settleDeliveries([settled(claimed)], {}),
        storage.claimDeliveries(claimAll),
        storage.insertEvents([newEvent({ id: 'evt-meanwhile', organizationId: 'globex' })], {}),
        storage.updateWebhook(webhook, { name: 'New', updatedAt: new Date() }),
      ]
      const ended = watch(calls)
      await letTimersFire(50)
      expect(ended()).toEqual([false, false, false, false])
      expect((await storage.findWebhook(webhook))?.name, 'Reads go on').toBe(null)

      database.exec('rollback')
      const [written, others, inserted, renamed] = await Promise.all(calls)
      expect(written).toEqual([true])
      expect(others).toHaveLength(1)
      expect(inserted).toMatchObject([{ duplicate: false }])
      expect(renamed).toMatchObject({ name: 'New' })
      expect(database.prepare('select count(*) from leads').pluck().get()).toBe(0)
      const meanwhile = { organizationId: 'globex', id: 'evt-meanwhile' }
      expect(await storage.findEvent(meanwhile)).toMatchObject(meanwhile)
    })
  },
)

test('in memory there is one handle for all: whatever is asked for waits for the host’s transaction', async () => {
  const database = hostHandle(':memory:')
  const storage = await openMigrated({ database })
  database.exec('begin')
  const calls = [
    storage.insertEvents([newEvent({ id: 'evt-a' })], {}),
    storage.listEvents({ organizationId: 'acme', limit: 5 }),
  ]
  const ended = watch(calls)
  await letTimersFire(50)
  expect(ended()).toEqual([false, false])
  database.exec('rollback')
  await Promise.all(calls)
  expect(await eventIds(storage)).toEqual(['evt-a'])
})

test('a lock that stays is an error after `busyTimeoutMs`: nothing is written, and all goes on once it is free', async () => {
  const database = hostHandle(temporaryFile())
  const storage = await openMigrated({ database, busyTimeoutMs: 50 })
  await storage.insertWebhook(newWebhook())
  database.exec('begin immediate')
  const locked = {
    code: 'storage_unavailable',
    message: expect.stringMatching(/database is locked.*pass.*\{ tx \}/s) as string,
    cause: expect.objectContaining({ code: 'SQLITE_BUSY' }) as Error,
  }
  const many = [newEvent(), newEvent(), newEvent()].map(async (event) => storage.insertEvents([event], {}))
  for (const call of many) await expect(call).rejects.toMatchObject(locked)
  await expect(storage.deleteWebhook(newWebhook())).rejects.toMatchObject(locked)
  database.exec('commit')
  expect(await eventIds(storage)).toEqual([])
  await storage.insertEvents([newEvent({ id: 'evt-a' })], {})
  expect(await eventIds(storage)).toEqual(['evt-a'])
})

test('a claim that finds nothing needs no lock', async () => {
  const database = hostHandle(temporaryFile())
  const storage = await openMigrated({ database, busyTimeoutMs: 0 })
  database.exec('begin immediate')
  expect(await storage.claimDeliveries(claimAll)).toEqual([])
  expect(await storage.expireDeliveries({ limit: 10, defaultMaxAgeMs: 86_400_000 })).toEqual([])
  await storage.migrate()
  database.exec('rollback')
})

test('what another process holds fails a synchronous dispatch on a handle that does not wait', async () => {
  const path = temporaryFile()
  const storage = await openMigrated({ path })
  const other = hostHandle(path)
  other.exec('begin immediate')
  expect(() => storage.insertEventsSync?.([newEvent()], {})).toThrow(/database is locked/)
  other.exec('commit')
  expect(storage.insertEventsSync?.([newEvent()], {})).toMatchObject([{ duplicate: false }])
})
