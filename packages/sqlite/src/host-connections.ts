import { type InsertedEvent, LeadhooksError, type NewEvent } from '@leadhooks/core/storage'
import { Connection } from './connection.ts'
import type { Database } from './database.ts'
import { asLeadhooksError } from './driver-errors.ts'
import { insertEvents } from './insert-events.ts'
import { type Handles, isOfFile } from './open-database.ts'
import type { TablesCheck } from './tables-check.ts'
import { nest, transact } from './transaction.ts'

/** Writes and reads on handles of the host's, where its transactions are. Whether they wait for a lock, and how long, is up to it. */
export class HostConnections {
  readonly #handles: Handles
  readonly #tables: TablesCheck
  readonly #connections = new WeakMap<Database, Connection>()

  constructor(handles: Handles, own: Connection, tables: TablesCheck) {
    this.#handles = handles
    this.#tables = tables
    this.#connections.set(handles.own, own)
  }

  /** Writes the events as part of the transaction that is open on the handle, or else as one of their own. */
  insertEvents(events: readonly NewEvent[], now: number, tx: Database = this.#handles.host): InsertedEvent[] {
    return this.#on(tx, (connection) => {
      const insert = (): InsertedEvent[] => insertEvents(connection, events, now)
      return tx.inTransaction ? nest(connection, insert) : transact(connection, 'begin immediate', insert)
    })
  }

  /** Reads what the transaction sees that is open on the handle, if any is. */
  read<Result>(work: (connection: Connection) => Result, tx: Database = this.#handles.host): Result {
    return this.#on(tx, work)
  }

  #on<Result>(tx: Database, work: (connection: Connection) => Result): Result {
    if (!tx.open) throw new LeadhooksError('closed', `The handle of "${tx.name}" was closed`)
    const connection = this.#connectionOf(tx)
    try {
      this.#tables.check(connection)
      return work(connection)
    } catch (error) {
      throw asLeadhooksError(error)
    }
  }

  #connectionOf(tx: Database): Connection {
    const known = this.#connections.get(tx)
    if (known !== undefined) return known
    if (tx !== this.#handles.host && !isOfFile(tx, this.#handles.file)) {
      const message = `\`tx\` is a handle of "${tx.name}", and Leadhooks keeps its tables in "${this.#handles.host.name}": an event can only be part of a transaction in that file`
      throw new LeadhooksError('invalid_options', message)
    }
    const connection = new Connection(tx)
    this.#connections.set(tx, connection)
    return connection
  }
}
