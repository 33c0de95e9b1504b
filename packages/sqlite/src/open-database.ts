import { statSync } from 'node:fs'
import { LeadhooksError } from '@leadhooks/core/storage'
import type { Database, DatabaseConstructor } from './database.ts'
import { asLeadhooksError } from './driver-errors.ts'
import { loadDriver } from './load-driver.ts'

export interface PathOptions {
  /** The file; it is made when there is none. `:memory:` keeps everything in memory, for tests. */
  path: string
  /**
   * What a committed event survives. `FULL`: also a power cut. `NORMAL`: a crash of the process, but the last moments
   * before a power cut may be lost; in return a dispatch waits for no disk.
   *
   * @default 'FULL'
   */
  synchronous?: 'FULL' | 'NORMAL' | undefined
}

export interface HandleOptions {
  /** The host's own handle. Leadhooks keeps its tables, `leadhooks_…`, in the same file. */
  database: Database
}

export interface Handles {
  /** For all that no transaction of the host's is to be part of. */
  own: Database
  /** For what is written synchronously. */
  host: Database
  /** Whether Leadhooks opened `own`, and has to close it. */
  isOwned: boolean
  /** The file as SQLite names it; empty for a database that only `host` can see. */
  file: string
  /** Sets up `own`. Like any statement, it may find the file locked. */
  configure: () => void
}

export function openPath({ path, synchronous = 'FULL' }: PathOptions): Handles {
  const own = open(loadDriver(), path, false)
  return { own, host: own, isOwned: true, file: fileOf(own), configure: () => configure(own, synchronous) }
}

/**
 * Opens a second handle to the host's file. The host's own may be in the middle of a transaction, even one that spans an
 * `await`, and nothing of ours may slip into that. A database in memory has no second handle.
 */
export function openBeside({ database }: HandleOptions): Handles {
  if (!database.open)
    throw new LeadhooksError('invalid_options', 'The `database` given to `sqliteStorage` is closed')
  const file = fileOf(database)
  if (file === '') return { own: database, host: database, isOwned: false, file, configure: () => {} }
  const own = open(database.constructor as DatabaseConstructor, file, true)
  return {
    own,
    host: database,
    isOwned: true,
    file,
    configure: () => configure(own, String(database.pragma('synchronous', { simple: true }))),
  }
}

/** Whether a handle is of this file, by whatever path it was opened. */
export function isOfFile(database: Database, file: string): boolean {
  const other = fileOf(database)
  if (file === '' || other === '') return false
  const [a, b] = [statSync(file), statSync(other)]
  return a.ino === b.ino && a.dev === b.dev
}

function open(Driver: DatabaseConstructor, path: string, fileMustExist: boolean): Database {
  try {
    // It never waits for a lock by itself: that would hold up the event loop.
    return new Driver(path, { timeout: 0, fileMustExist })
  } catch (error) {
    throw openError(path, error)
  }
}

function configure(own: Database, synchronous: string): void {
  own.pragma(`synchronous = ${synchronous}`)
  own.pragma('foreign_keys = off')
}

function openError(path: string, cause: unknown): unknown {
  const known = asLeadhooksError(cause)
  if (known !== cause || !(cause instanceof Error)) return known
  return new LeadhooksError(
    'storage_unavailable',
    `The database "${path}" cannot be opened: ${cause.message}`,
    { cause },
  )
}

/** The path of the main database; empty for one in memory. */
function fileOf(database: Database): string {
  const databases = database.pragma('database_list') as { name: string; file: string }[]
  return databases.find(({ name }) => name === 'main')?.file ?? ''
}
