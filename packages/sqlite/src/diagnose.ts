import { statfsSync, statSync } from 'node:fs'
import type { Diagnosis } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'
import { isBusy } from './driver-errors.ts'
import { findPending } from './migrate.ts'
import type { OwnConnection } from './own-connection.ts'

type Finding = Omit<Diagnosis, 'check'>
/** `file`: its path; empty for a database in memory. */
type Check = (connection: Connection, file: string) => Finding

const mebibyte = 2 ** 20
/** The check reads the whole file and holds up the event loop meanwhile: about a second for so much. */
const largestToCheckBytes = 1024 * mebibyte
/** SQLite empties the log about every 4 MiB, as long as it can. */
const largeLogBytes = 64 * mebibyte
/** Less is soon in use again. */
const largeFreeBytes = 64 * mebibyte
const largeFreeShare = 0.25

/** Types of file systems as Linux numbers them: NFS, SMB in three generations, Ceph, AFS, 9p, Lustre. */
const networkFileSystems = new Set([
  0x69_69, 0x51_7b, 0xff_53_4d_42, 0xfe_53_4d_42, 0xc3_64_00, 0x53_46_41_4f, 0x01_02_19_97, 0x0b_d0_0b_d0,
])

/** In the order in which they are told. Each can throw: that is a problem with what it looks at. */
const checks: Record<string, Check> = {
  'sqlite-version': ({ database }) => {
    const version = database.prepare('select sqlite_version() as version').get() as { version: string }
    return ok(`SQLite ${version.version}`)
  },

  'journal-mode': ({ database }) => {
    const mode = String(database.pragma('journal_mode', { simple: true }))
    if (['wal', 'memory'].includes(mode)) return ok(mode)
    return warning(
      `${mode}: readers and the writer wait for each other; set \`database.pragma('journal_mode = WAL')\``,
    )
  },

  synchronous: ({ database }, file) => {
    const level = Number(database.pragma('synchronous', { simple: true }))
    if (level >= 2 || file === '') return ok(level >= 2 ? 'FULL' : 'of no matter in memory')
    if (level === 1) return warning('NORMAL: a power cut may take the last events; FULL keeps them')
    return warning('OFF: a power cut may destroy the file; set FULL or NORMAL')
  },

  integrity: ({ database }) => {
    const bytes =
      Number(database.pragma('page_count', { simple: true })) *
      Number(database.pragma('page_size', { simple: true }))
    if (bytes > largestToCheckBytes)
      return ok(`not checked, since the file has ${toMebibytes(bytes)}: run PRAGMA quick_check on a copy`)
    const found = String(database.pragma('quick_check(1)', { simple: true }))
    if (found === 'ok') return ok('no damage')
    return problem(`${found.replaceAll('\n', ' ')}: restore the file from a backup`)
  },

  tables: (connection) => {
    const names = findPending(connection).map(({ version, name }) => `${version} (${name})`)
    if (names.length === 0) return ok('up to date')
    return problem(
      `not migrated to ${names.join(', ')}: run \`leadhooks migrate\`, or call \`await leadhooks.migrate()\``,
    )
  },

  'file-system': (_, file) => {
    // Elsewhere the numbers mean other things.
    if (file === '' || process.platform !== 'linux') return ok('not checked here')
    if (!networkFileSystems.has(statfsSync(file).type)) return ok('local')
    return warning(
      'a network file system: its locks cannot be trusted, and WAL needs shared memory; move the file to a local disk',
    )
  },

  'wal-size': (_, file) => {
    const bytes = file === '' ? 0 : (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0)
    if (bytes <= largeLogBytes) return ok(toMebibytes(bytes))
    return warning(
      `${toMebibytes(bytes)}: some connection holds a transaction open for long, and keeps the log from being emptied; end it, then run \`pragma wal_checkpoint(truncate)\``,
    )
  },

  'free-space': ({ database }, file) => {
    const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
      Number(database.pragma(name, { simple: true })),
    ) as [number, number, number]
    const found = `${toMebibytes(free * size)} of ${toMebibytes(pages * size)} are free for new rows`
    if (file === '' || free * size < largeFreeBytes || free < pages * largeFreeShare) return ok(found)
    return warning(
      `${found}: rows that were removed have left them; to give them back to the disk run \`vacuum\`, which needs as much room once more, and holds up all writing meanwhile`,
    )
  },
}

/** Examines the file. Where it cannot even be opened, that is all there is to say. */
export async function diagnose(own: OwnConnection, file: string): Promise<Diagnosis[]> {
  const access = await run('database', canWrite)
  if (access.status === 'problem') return [access]
  const diagnoses = [access]
  for (const [name, check] of Object.entries(checks)) diagnoses.push(await run(name, check))
  return diagnoses

  async function run(name: string, check: Check): Promise<Diagnosis> {
    try {
      return { check: name, ...(await own.prepare((connection) => check(connection, file))) }
    } catch (error) {
      return { check: name, ...fromError(error) }
    }
  }
}

/** Takes the lock for writing, and gives it back. */
function canWrite(connection: Connection, file: string): Finding {
  connection.run('begin immediate')
  connection.run('rollback')
  return ok(file === '' ? 'in memory: nothing survives this process' : `${file} can be read and written`)
}

function fromError(error: unknown): Finding {
  const { message, cause } = error as Error
  // A lock is let go of some time, and until then everything waits for it.
  return isBusy(cause) ? warning(message) : problem(message)
}

function ok(message: string): Finding {
  return { status: 'ok', message }
}

function warning(message: string): Finding {
  return { status: 'warning', message }
}

function problem(message: string): Finding {
  return { status: 'problem', message }
}

function toMebibytes(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MiB`
}
