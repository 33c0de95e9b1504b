import { writeFileSync } from 'node:fs'
import { sqliteStorage } from '@leadhooks/sqlite'
import { describe, expect, test } from 'vitest'
import { migrations } from '../src/migrations.ts'
import { hostHandle, openMigrated, openStorage } from './open.ts'
import { claimAll, eventIds, newEvent, newWebhook, settled } from './rows.ts'
import { temporaryFile } from './temporary-file.ts'

const migrationRequired = {
  code: 'migration_required',
  message: expect.stringContaining('migrate()') as string,
}

describe('a storage that was not migrated', () => {
  test.each(['a file', ':memory:'])('says so in every call (%s)', async (name) => {
    const database = hostHandle(name === ':memory:' ? name : temporaryFile())
    const storage = openStorage({ database })
    await expect(storage.listEvents({ organizationId: 'acme', limit: 1 })).rejects.toMatchObject(
      migrationRequired,
    )
    await expect(storage.insertEvents([newEvent()], {})).rejects.toMatchObject(migrationRequired)
    await expect(storage.claimDeliveries(claimAll)).rejects.toMatchObject(migrationRequired)
    expect(() => storage.insertEventsSync?.([newEvent()], {})).toThrow(/`await leadhooks\.migrate\(\)`/)
    await storage.migrate()
    expect(await storage.claimDeliveries(claimAll)).toEqual([])
  })

  test('goes on when another one has migrated the file', async () => {
    const path = temporaryFile()
    const storage = openStorage({ path })
    await expect(storage.findEvent(newEvent())).rejects.toMatchObject(migrationRequired)
    await openMigrated({ path })
    expect(await storage.findEvent(newEvent())).toBe(null)
  })
})

test('tables of a newer release are left alone, and both versions are named', async () => {
  const database = hostHandle(temporaryFile())
  await openMigrated({ database })
  database.exec(
    `insert into leadhooks_migrations (version, name, applied_at) values (${migrations.length + 1}, 'later', 0)`,
  )
  const storage = openStorage({ database })
  const newer = {
    code: 'migration_required',
    message: expect.stringMatching(
      new RegExp(`version ${migrations.length + 1}.*up to ${migrations.length}`),
    ) as string,
  }
  await expect(storage.migrate()).rejects.toMatchObject(newer)
  await expect(storage.pendingMigrations()).rejects.toMatchObject(newer)
  await expect(storage.listOrganizations({ limit: 1 })).rejects.toMatchObject(newer)
})

test('a migration that fails leaves nothing behind', async () => {
  const database = hostHandle(temporaryFile())
  database.exec('create table leadhooks_attempts (id text)')
  const storage = openStorage({ database })
  await expect(storage.migrate()).rejects.toThrow(/already exists/)
  expect(
    database.prepare(`select name from sqlite_master where name like 'leadhooks_%'`).pluck().all(),
  ).toEqual(['leadhooks_attempts'])
  database.exec('drop table leadhooks_attempts')
  await storage.migrate()
  expect(await storage.claimDeliveries(claimAll)).toEqual([])
})

describe('a full disk', () => {
  /** In memory the storage works on the host's handle, so that its limit can be reached from here. */
  test('is an error with its cause; nothing is written, and all goes on when there is room again', async () => {
    const database = hostHandle(':memory:')
    const storage = await openMigrated({ database })
    await storage.insertWebhook(newWebhook())
    await storage.insertEvents([newEvent({ id: 'evt-a' })], {})
    const pages = Number(database.pragma('page_count', { simple: true }))
    database.pragma(`max_page_count = ${pages + 3}`)
    const body = JSON.stringify({ data: 'x'.repeat(100_000) })
    const full = {
      code: 'storage_unavailable',
      message: expect.stringContaining('Make room on the disk') as string,
      cause: expect.objectContaining({ code: 'SQLITE_FULL' }) as Error,
    }
    const big = storage.insertEvents([newEvent({ id: 'evt-small' }), newEvent({ id: 'evt-big', body })], {})
    const small = storage.insertEvents([newEvent({ id: 'evt-b' })], {})
    await expect(big).rejects.toMatchObject(full)
    expect(await small, 'A call beside it goes through').toMatchObject([{ deliveries: 1 }])
    expect(() => storage.insertEventsSync?.([newEvent({ body })], {})).toThrow(/Make room on the disk/)
    expect(await eventIds(storage)).toEqual(['evt-a', 'evt-b'])
    expect(await storage.claimDeliveries(claimAll)).toHaveLength(2)

    database.pragma('max_page_count = 100000')
    await storage.insertEvents([newEvent({ id: 'evt-big', body })], {})
    expect(await eventIds(storage)).toEqual(['evt-a', 'evt-b', 'evt-big'])
  })
})

describe('a row that something else has damaged', () => {
  test('is an error that names it, and lets claims go on with all others', async () => {
    const database = hostHandle(temporaryFile())
    const storage = await openMigrated({ database })
    const [damaged, whole] = [newWebhook(), newWebhook()]
    await storage.insertWebhook(damaged)
    await storage.insertWebhook(whole)
    await storage.insertEvents([newEvent()], {})
    database.prepare(`update leadhooks_webhooks set header_names = 'no JSON' where id = ?`).run(damaged.id)

    const corrupt = {
      code: 'storage_corrupt',
      message: expect.stringMatching(new RegExp(`"${damaged.id}".*webhooks.*header_names`)) as string,
    }
    await expect(storage.findWebhook(damaged)).rejects.toMatchObject(corrupt)
    await expect(storage.listWebhooks({ organizationId: 'acme', limit: 5 })).rejects.toMatchObject(corrupt)

    const [claimed, ...more] = await storage.claimDeliveries(claimAll)
    expect([claimed?.webhook.id, more]).toEqual([whole.id, []])
    await expect(
      storage.claimDeliveries(claimAll),
      'It is reported when there is nothing else',
    ).rejects.toMatchObject(corrupt)
    expect(await storage.claimDeliveries(claimAll), 'It is reported once').toEqual([])

    database.prepare(`update leadhooks_webhooks set header_names = '[]' where id = ?`).run(damaged.id)
    expect((await storage.claimDeliveries(claimAll)).map(({ webhook }) => webhook.id)).toEqual([damaged.id])
  })

  test('takes no other delivery’s place: those without an event are passed over', async () => {
    const database = hostHandle(temporaryFile())
    const storage = await openMigrated({ database })
    const webhook = newWebhook({ concurrency: 2 })
    await storage.insertWebhook(webhook)
    for (let n = 0; n < 5; n++)
      await storage.insertEvents([newEvent({ id: `evt-${n}` })], { now: new Date(n) })
    const noRoom = { ...claimAll, room: new Map([[webhook.id, 0]]) }
    expect(await storage.claimDeliveries(noRoom), 'A claim has seen them').toEqual([])
    database.exec(`delete from leadhooks_events where id in ('evt-0', 'evt-1', 'evt-2')`)
    const claimed = await storage.claimDeliveries(claimAll)
    expect(claimed.map(({ event }) => event.id)).toEqual(['evt-3', 'evt-4'])
    expect(
      await storage.settleDeliveries(
        claimed.map((claimed) => settled(claimed)),
        {},
      ),
    ).toEqual([true, true])
    await expect(storage.claimDeliveries(claimAll)).rejects.toMatchObject({ code: 'storage_corrupt' })
  })

  test.each([
    ['a status that there is not', `update leadhooks_deliveries set status = 'unheard_of'`],
    ['a time that is none', `update leadhooks_deliveries set finished_at = 9e18`],
  ])('cannot be listed: %s', async (_, damage) => {
    const database = hostHandle(temporaryFile())
    const storage = await openMigrated({ database })
    await storage.insertWebhook(newWebhook())
    await storage.insertEvents([newEvent()], {})
    await storage.settleDeliveries(
      (await storage.claimDeliveries(claimAll)).map((claimed) => settled(claimed)),
      {},
    )
    database.exec(damage)
    const list = storage.listDeliveries({ organizationId: 'acme', limit: 5 })
    await expect(list).rejects.toMatchObject({
      code: 'storage_corrupt',
      message: expect.stringContaining('deliveries') as string,
    })
  })
})

test('a file that is no database is an error that says so', async () => {
  const path = temporaryFile()
  writeFileSync(path, 'This is a text, and a long one: longer than the header of a database. '.repeat(20))
  const storage = openStorage({ path })
  await expect(storage.migrate()).rejects.toMatchObject({
    code: 'storage_corrupt',
    cause: expect.objectContaining({ code: 'SQLITE_NOTADB' }) as Error,
  })
})

test('a storage that was closed says so, and leaves the host’s handle open', async () => {
  const database = hostHandle(temporaryFile())
  const storage = await openMigrated({ database })
  await storage.close()
  await expect(storage.claimDeliveries(claimAll)).rejects.toMatchObject({ code: 'closed' })
  expect(database.prepare('select 1').pluck().get()).toBe(1)
  await storage.close()
})

test('a handle that the host closed is named in the error', async () => {
  const database = hostHandle(':memory:')
  const storage = await openMigrated({ database })
  database.close()
  await expect(storage.findOrganization('acme')).rejects.toMatchObject({ code: 'closed' })
  expect(() => storage.insertEventsSync?.([newEvent()], {})).toThrow(/was closed/)
  expect(() => sqliteStorage({ database })).toThrow(/is closed/)
})

test.each([
  [{}, /either `database` or `path`/],
  [{ database: 'crm.db' }, /handle of better-sqlite3/],
  [{ path: 7 }, /`path` to be a string/],
  [{ path: 'crm.db', synchronous: 'OFF' }, /'FULL' or 'NORMAL', got OFF/],
  [{ path: 'crm.db', busyTimeoutMs: -1 }, /`busyTimeoutMs`.*got -1/],
  [{ path: '/there/is/no/such/directory/crm.db' }, /cannot be opened/],
])('options that cannot be right are refused: %j', (options, message) => {
  expect(() => sqliteStorage(options as never)).toThrow(message)
})
