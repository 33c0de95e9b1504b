import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { startHost } from '../src/host-handle.ts'
import { judge, sound } from '../src/judge.ts'
import { printCounts } from '../src/print-counts.ts'
import { sizeOf } from '../src/sizes.ts'
import { dispatch, newEvent, openStage, type Stage, untilDrained } from '../src/stage.ts'

const { kills, powerCuts, lockMs } = sizeOf('sqlite')

/**
 * A host writes leads with their events into a file (WAL), and two other processes drain it; again and again one of the three
 * is killed (kill -9) and started anew.
 *
 * Pass: every lead that was acknowledged is there, and has been delivered; no event without its lead; `integrity_check` is
 * ok; requests beyond the first are at most as many as the killed workers held.
 */
test('sqlite: three processes are killed', { timeout: 300_000 }, async () => {
  const stage = await openStage({ on: 'sqlite', delivery: { leaseMs: 1000 } })
  const { rows } = stage.store
  const committedFile = join(stage.directory, 'committed')
  writeFileSync(committedFile, '')
  await rows.run('create table leads (id text primary key)')
  await stage.fleet.startMany(2)
  const write = async (name: string, transactions = 100_000): ReturnType<typeof startHost> =>
    startHost(stage, { name, transactions, committedFile })

  let host = await write('run0')
  let exposed = 0
  for (let n = 1; n <= kills; n++) {
    await sleep(100 + Math.random() * 200)
    if (n % 2 === 0) {
      host.kill('SIGKILL')
      await once(host, 'exit')
      host = await write(`run${n}`)
    } else {
      exposed += await stage.fleet.kill(stage.fleet.random())
      await stage.fleet.start()
    }
  }
  host.kill('SIGKILL')
  await once(host, 'exit')
  await untilDrained(stage, 240_000)

  const committed = linesOf(committedFile)
  const leads = new Set((await rows.run('select id from leads')).map(({ id }) => String(id)))
  for (const id of leads) stage.dispatched.add(id)
  const verdict = await judge(stage)
  const integrity = await rows.run('pragma integrity_check')
  printCounts('14 sqlite, three processes are killed', {
    ...verdict,
    kills: kills + 1,
    acknowledged: committed.length,
    exposed,
    integrity,
  })
  expect(integrity).toEqual([{ integrity_check: 'ok' }])
  expect(committed.filter((id) => !leads.has(id))).toEqual([])
  expect(new Set(await rows.eventIds())).toEqual(leads)
  expect(verdict).toMatchObject({ ...sound, byStatus: { delivered: leads.size } })
  expect(verdict.extra).toBeLessThanOrEqual(exposed)
  expect(await stage.fleet.crashes()).toEqual([])
})

/**
 * The power fails at random moments: what is on the disk is copied while all processes stand still, its log gets a torn end,
 * and the copy is opened as after a restart. What the kernel had not been told to write down (fsync) is not lost here as it
 * would be with a real disk; that commits are synced by default is what `packages/sqlite/test/durability.test.ts` shows.
 *
 * Pass: every lead that was acknowledged is in the copy, with its event; `integrity_check` is ok; the copy can be worked with.
 */
test('sqlite: the power fails', { timeout: 300_000 }, async () => {
  const stage = await openStage({ on: 'sqlite' })
  const committedFile = join(stage.directory, 'committed')
  writeFileSync(committedFile, '')
  await stage.store.rows.run('create table leads (id text primary key)')
  await stage.fleet.startMany(2)
  const host = await startHost(stage, { name: 'run', transactions: 1_000_000, committedFile })
  const all = (signal: NodeJS.Signals): void => {
    for (const worker of stage.fleet.running) worker.signal(signal)
    host.kill(signal)
  }

  let acknowledged = 0
  let lost = 0
  const integrity = new Set<unknown>()
  for (let n = 0; n < powerCuts; n++) {
    await sleep(50 + Math.random() * 150)
    all('SIGSTOP')
    // A process that was told to stop may run on for a moment.
    await sleep(20)
    const committed = linesOf(committedFile)
    const path = copyAsOfNow(stage, n)
    all('SIGCONT')
    const database = new Database(path)
    integrity.add(database.pragma('integrity_check', { simple: true }))
    const events = new Set(database.prepare('select id from leadhooks_events').pluck().all())
    const leads = new Set(database.prepare('select id from leads').pluck().all())
    lost += committed.filter((id) => !events.has(id) || !leads.has(id)).length
    expect(events).toEqual(leads)
    acknowledged = committed.length
    database.close()
  }
  printCounts('14 sqlite, the power fails', { powerCuts, acknowledged, lost, integrity: [...integrity] })
  expect(acknowledged).toBeGreaterThan(0)
  expect(lost).toBe(0)
  expect([...integrity]).toEqual(['ok'])
})

/**
 * Somebody else holds the lock for writing, for almost as long as a call waits for it.
 *
 * Pass: no dispatch fails, and the host's event loop goes on meanwhile; each event has one request.
 */
test('sqlite: a lock is held', { timeout: 60_000 }, async () => {
  const stage = await openStage({ on: 'sqlite' })
  await stage.fleet.startMany(3)
  await dispatch(stage, 100)
  const path = stage.store.place.kind === 'sqlite' ? stage.store.place.path : ''
  const stranger = new Database(path, { timeout: 5000 })
  stranger.exec('begin immediate')
  const first = stage.dispatched.size
  const dispatches = Array.from({ length: 50 }, async (_, n) => {
    const event = newEvent(stage, first + n)
    await stage.leadhooks.dispatchEvent(event)
    stage.dispatched.add(event.id)
  })
  let turns = 0
  const turning = setInterval(() => turns++, 10)
  await sleep(lockMs)
  clearInterval(turning)
  stranger.exec('commit')
  stranger.close()
  const failed = (await Promise.allSettled(dispatches)).filter(({ status }) => status === 'rejected')
  await untilDrained(stage)

  const verdict = await judge(stage)
  printCounts('14 sqlite, a lock is held', { ...verdict, lockMs, failed: failed.length, turns })
  expect(failed).toEqual([])
  expect(turns).toBeGreaterThan(lockMs / 100)
  expect(verdict).toMatchObject({ ...sound, extra: 0, byStatus: { delivered: 150 } })
  expect(await stage.fleet.crashes()).toEqual([])
})

/** Copies the file and its log, as a disk would hold them, and tears the end of the log. */
function copyAsOfNow({ directory, store: { place } }: Stage, n: number): string {
  const from = place.kind === 'sqlite' ? place.path : ''
  const to = join(directory, `cut-${n}`)
  mkdirSync(to)
  const path = join(to, 'crm.db')
  copyFileSync(from, path)
  if (existsSync(`${from}-wal`)) {
    copyFileSync(`${from}-wal`, `${path}-wal`)
    appendFileSync(`${path}-wal`, randomBytes(3000))
  }
  return path
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}
