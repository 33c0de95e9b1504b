import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { testPostgres, testProgram } from '@leadhooks/test-services/vitest'
import { verifySignature } from '@leadhooks/verify-signature'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { printCounts } from '../src/print-counts.ts'
import { openPlace, type StoragePlace } from '../src/storage-place.ts'
import { until } from '../src/until.ts'

interface Backup {
  original: StoragePlace
  /** By the commands of docs/operations/backup-and-restore.md; answers where the restored copy is. */
  take: () => Promise<StoragePlace>
}

const run = promisify(execFile)
const kinds: Record<string, () => Promise<Backup>> = { sqlite: onSqlite, postgres: onPostgres }

/**
 * A backup is taken while a worker has requests in its hands; the original goes on, and is lost. The copy is opened in its place.
 *
 * Pass: on the copy every event of the backup ends delivered, also what was under way, once its lease has lapsed; what was delivered
 * before is not sent again; a receiver tells the repeated ones by their id; secrets open with the same keys; events after the
 * backup are not there.
 */
test.each(Object.keys(kinds))('restored backup on %s', { timeout: 120_000 }, async (kind) => {
  const { original, take } = await (kinds[kind] ?? onSqlite)()
  // Those that wait for their answer; undefined while answers come at once.
  let held: ServerResponse[] | undefined
  const receiver = await startReceiver({
    respond: (_request, response) => (held ? void held.push(response) : 204),
  })
  onTestFinished(async () => receiver.close())
  const before = await open(original)
  await before.migrate()
  const { secret } = await before.webhooks.create({ organizationId: 'acme', url: receiver.url })
  const worker = before.startWorker()
  const delivered = await dispatch(before, 10)
  await allReceived(receiver, delivered)

  const waiting: ServerResponse[] = (held = [])
  const underWay = await dispatch(before, 5)
  await allReceived(receiver, underWay)
  const copy = await take()
  held = undefined
  for (const response of waiting) response.writeHead(204).end()
  const late = await dispatch(before, 3)
  await allReceived(receiver, late)
  await worker.stop()
  await before.close()

  const requestsBefore = receiver.requests.length
  const after = await open(copy)
  after.startWorker()
  await until('everything is delivered', async () => (await after.health.backlog()).unfinished === 0)

  const again = receiver.requests.slice(requestsBefore)
  const ids = again.map(({ headers }) => String(headers['webhook-id'])).sort()
  expect(ids).toEqual(underWay.toSorted())
  for (const { body, headers } of again)
    expect(() => verifySignature({ payload: body, headers, secret })).not.toThrow()
  const { data: events } = await after.events.list({ organizationId: 'acme', limit: 100 })
  expect(events.map(({ id }) => id).sort()).toEqual([...delivered, ...underWay].sort())
  printCounts(`18 restored backup, ${kind}`, {
    events: events.length,
    again: again.length,
    lost: late.length,
  })
})

async function open(place: StoragePlace): Promise<Leadhooks> {
  const leadhooks = createLeadhooks({
    storage: openPlace(place),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
    delivery: { leaseMs: 3000 },
  })
  onTestFinished(async () => leadhooks.close())
  return leadhooks
}

async function dispatch(leadhooks: Leadhooks, count: number): Promise<string[]> {
  const dispatched = await leadhooks.dispatchEvents(
    Array.from({ length: count }, (_, i) => ({ organizationId: 'acme', type: 'new_lead', data: { i } })),
  )
  return dispatched.map(({ event }) => event.id)
}

async function allReceived({ requests }: ScriptedReceiver, ids: readonly string[]): Promise<void> {
  const seen = (): Set<unknown> => new Set(requests.map(({ headers }) => headers['webhook-id']))
  await until('the receiver has seen them', async () => ids.every((id) => seen().has(id)))
}

async function onSqlite(): Promise<Backup> {
  const folder = mkdtempSync(join(tmpdir(), 'leadhooks-backup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [path, copy] = [join(folder, 'crm.db'), join(folder, 'restored.db')]
  return {
    original: { kind: 'sqlite', path },
    take: async () => {
      const database = new Database(path)
      await database.backup(copy)
      database.close()
      return { kind: 'sqlite', path: copy }
    },
  }
}

async function onPostgres(): Promise<Backup> {
  // Debian's pg_dump knows servers up to its own version.
  const server = await testPostgres(13)
  const [url, copy] = [await server.createDatabase(), await server.createDatabase()]
  const [dump, restore] = await Promise.all(
    ['pg_dump', 'pg_restore'].map((name) => testProgram(name, 'postgresql-client')),
  )
  const folder = mkdtempSync(join(tmpdir(), 'leadhooks-backup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'crm.dump')
  return {
    original: { kind: 'postgres', url },
    take: async () => {
      await run(dump ?? '', ['--format=custom', `--file=${file}`, url])
      await run(restore ?? '', ['--exit-on-error', '--no-owner', `--dbname=${copy}`, file])
      return { kind: 'postgres', url: copy }
    },
  }
}
