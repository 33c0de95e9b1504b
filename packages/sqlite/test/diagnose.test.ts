import { closeSync, openSync, truncateSync, unlinkSync, writeFileSync, writeSync } from 'node:fs'
import type { Storage } from '@leadhooks/core/storage'
import { describe, expect, test } from 'vitest'
import { migrations } from '../src/migrations.ts'
import { hostHandle, openMigrated, openStorage } from './open.ts'
import { temporaryFile } from './temporary-file.ts'

/** Each check with its status and message, in one string. */
async function diagnose(storage: Storage<never>): Promise<Record<string, string>> {
  const diagnoses = await storage.diagnose()
  return Object.fromEntries(diagnoses.map(({ check, status, message }) => [check, `${status}: ${message}`]))
}

const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string

describe('a diagnosis', () => {
  test('of a healthy file says ok to everything', async () => {
    const path = temporaryFile()
    const statuses = (await (await openMigrated({ path })).diagnose()).map(({ check, status }) => [
      check,
      status,
    ])
    expect(statuses).toEqual([
      ['database', 'ok'],
      ['sqlite-version', 'ok'],
      ['journal-mode', 'ok'],
      ['synchronous', 'ok'],
      ['integrity', 'ok'],
      ['tables', 'ok'],
      ['file-system', 'ok'],
      ['wal-size', 'ok'],
      ['free-space', 'ok'],
    ])
  })

  test('of a database in memory looks at no file', async () => {
    const storage = await openMigrated({ database: hostHandle(':memory:') })
    expect(await diagnose(storage)).toMatchObject({
      database: matching(/^ok: in memory/),
      synchronous: matching(/^ok/),
      'journal-mode': 'ok: memory',
      'file-system': matching(/^ok: not checked/),
    })
  })

  test('of an empty file names the migrations that are missing, and runs none', async () => {
    const path = temporaryFile()
    const storage = openStorage({ path })
    expect((await diagnose(storage))['tables']).toMatch(/^problem: not migrated to 1 \(initial\)/)
    expect(hostHandle(path).prepare('select count(*) from sqlite_master').pluck().get()).toBe(0)
  })

  test('of tables that a newer release has migrated says which release is needed', async () => {
    const database = hostHandle(temporaryFile())
    const storage = await openMigrated({ database })
    const later = migrations.length + 1
    database.exec(
      `insert into leadhooks_migrations (version, name, applied_at) values (${later}, 'later', 0)`,
    )
    expect((await diagnose(storage))['tables']).toMatch(
      new RegExp(`^problem: .*version ${later}.*newer release`),
    )
  })

  test('of a handle that waits for no disk and keeps no log warns of both', async () => {
    const database = hostHandle(temporaryFile())
    database.pragma('journal_mode = DELETE')
    for (const [level, warning] of [
      ['NORMAL', /^warning: NORMAL: a power cut may take the last events/],
      ['OFF', /^warning: OFF: a power cut may destroy the file/],
    ] as const) {
      database.pragma(`synchronous = ${level}`)
      expect(await diagnose(await openMigrated({ database }))).toMatchObject({
        'journal-mode': matching(/^warning: delete: .*WAL/),
        synchronous: matching(warning),
      })
    }
  })

  test('of a file that is no database says so, and nothing else', async () => {
    const path = temporaryFile()
    writeFileSync(path, 'no database, but some text that is long enough to be read as a header '.repeat(20))
    expect(await diagnose(openStorage({ path }))).toEqual({
      database: matching(/^problem: .*file is not a database.*backup/),
    })
  })

  test('of a damaged file says what is damaged', async () => {
    const path = temporaryFile()
    const database = hostHandle(path)
    database.exec('create table leads (name text); create index leads_by_name on leads (name)')
    database.exec(`insert into leads select hex(randomblob(500)) from json_each('[${'0,'.repeat(99)}0]')`)
    await openMigrated({ database })
    database.pragma('wal_checkpoint(truncate)')
    const bytes = Number(database.pragma('page_size', { simple: true }))
    const page = Number(
      database.prepare(`select rootpage from sqlite_master where name = 'leads_by_name'`).pluck().get(),
    )
    database.close()
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(bytes), 0, bytes, (page - 1) * bytes)
    closeSync(file)
    expect((await diagnose(openStorage({ path })))['integrity']).toMatch(/^problem: .*restore the file/)
  })

  test('of a file that somebody else is writing to warns of it, since that ends', async () => {
    const path = temporaryFile()
    const storage = openStorage({ path, busyTimeoutMs: 10 })
    await storage.migrate()
    const database = hostHandle(path)
    database.exec('begin immediate')
    expect(await diagnose(storage)).toMatchObject({
      database: matching(/^warning: .*holds a write transaction open/),
      tables: matching(/^ok/),
    })
    database.exec('rollback')
    expect(await diagnose(storage)).toMatchObject({ database: matching(/^ok/) })
  })

  test('of a log that has grown warns of who holds it up', async () => {
    const path = temporaryFile()
    const storage = await openMigrated({ path, synchronous: 'NORMAL' })
    await storage.upsertOrganization({
      id: 'acme',
      name: null,
      eventsPerMinute: null,
      maintenance: [],
      retention: null,
      createdAt: new Date(),
    })
    truncateSync(`${path}-wal`, 100 * 2 ** 20)
    expect((await diagnose(storage))['wal-size']).toMatch(/^warning: 100 MiB: .*transaction open/)
  })

  test('of a file that was deleted says so', async () => {
    const path = temporaryFile()
    const storage = await openMigrated({ path })
    unlinkSync(path)
    expect((await diagnose(storage))['file-system']).toMatch(/^problem: ENOENT/)
  })
})
