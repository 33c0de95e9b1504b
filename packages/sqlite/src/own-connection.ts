import { LeadhooksError } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'
import { asLeadhooksError, isBusy } from './driver-errors.ts'
import type { Handles } from './open-database.ts'
import { type Begin, transact } from './transaction.ts'
import type { TablesCheck } from './tables-check.ts'
import { whenFree } from './when-free.ts'

/** The host has a transaction open on the one handle there is. Its code makes it wait like any other lock. */
class HostTransactionOpen extends Error {
  readonly code = 'SQLITE_BUSY'

  constructor() {
    super('a transaction is open on the handle of this database in memory')
  }
}

/** Runs work on the handle that no transaction of the host's can be open on. Throws `LeadhooksError` only. */
export class OwnConnection {
  readonly #handles: Handles
  readonly #connection: Connection
  readonly #tables: TablesCheck
  readonly #busyTimeoutMs: number
  #isConfigured = false
  #isClosed = false

  constructor(handles: Handles, connection: Connection, tables: TablesCheck, busyTimeoutMs: number) {
    this.#handles = handles
    this.#connection = connection
    this.#tables = tables
    this.#busyTimeoutMs = busyTimeoutMs
  }

  /** Reads one state of the database, with however many statements. */
  async read<Result>(work: (connection: Connection) => Result): Promise<Result> {
    return this.#whenFree(() => this.#transact('begin deferred', work))
  }

  /** Runs `work` as one transaction. It is run again when the lock could not be had, and starts from nothing then. */
  async write<Result>(work: (connection: Connection) => Result): Promise<Result> {
    return this.#whenFree(() => this.#transact('begin immediate', work))
  }

  /** The same for work that mostly finds nothing to write, and then needs no lock. */
  async writeIfNeeded<Result>(work: (connection: Connection) => Result): Promise<Result> {
    return this.#whenFree((isFirst) => this.#transact(isFirst ? 'begin deferred' : 'begin immediate', work))
  }

  /** Runs `work` without a transaction, on tables that may not be there yet. */
  async prepare<Result>(work: (connection: Connection) => Result): Promise<Result> {
    return this.#whenFree(() => work(this.#connection))
  }

  close(): void {
    this.#isClosed = true
    if (this.#handles.isOwned) this.#handles.own.close()
  }

  #transact<Result>(begin: Begin, work: (connection: Connection) => Result): Result {
    this.#tables.check(this.#connection)
    return transact(this.#connection, begin, () => work(this.#connection))
  }

  async #whenFree<Result>(attempt: (isFirst: boolean) => Result): Promise<Result> {
    try {
      // At once, without a promise in between: mostly the lock is free.
      return this.#attempt(attempt, true)
    } catch (error) {
      if (!isBusy(error)) throw asLeadhooksError(error)
    }
    try {
      return await whenFree(() => this.#attempt(attempt, false), this.#busyTimeoutMs)
    } catch (error) {
      throw asLeadhooksError(error)
    }
  }

  #attempt<Result>(attempt: (isFirst: boolean) => Result, isFirst: boolean): Result {
    this.#makeReady()
    return attempt(isFirst)
  }

  #makeReady(): void {
    if (this.#isClosed) throw new LeadhooksError('closed', 'This storage was closed')
    if (!this.#handles.own.open)
      throw new LeadhooksError('closed', 'The `database` given to `sqliteStorage` was closed')
    if (!this.#handles.isOwned && this.#handles.own.inTransaction) throw new HostTransactionOpen()
    if (this.#isConfigured) return
    this.#handles.configure()
    this.#isConfigured = true
  }
}
