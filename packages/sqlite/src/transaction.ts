import type { Connection } from './connection.ts'

/**
 * When a transaction takes the one lock for writing: with its first write, or at once. One that has read already cannot be
 * given the lock any more once another connection has committed.
 */
export type Begin = 'begin deferred' | 'begin immediate'

/** Runs `work` as a transaction. `work` is synchronous, so that no transaction is ever open while something is awaited. */
export function transact<Result>(connection: Connection, begin: Begin, work: () => Result): Result {
  connection.run(begin)
  return finish(connection, work, 'commit', ['rollback'])
}

/** Runs `work` as a part of the transaction that is open: where it throws, that goes on as if nothing had been written. */
export function nest<Result>(connection: Connection, work: () => Result): Result {
  connection.run('savepoint leadhooks')
  return finish(connection, work, 'release leadhooks', ['rollback to leadhooks', 'release leadhooks'])
}

function finish<Result>(connection: Connection, work: () => Result, keep: string, undo: string[]): Result {
  try {
    const result = work()
    connection.run(keep)
    return result
  } catch (error) {
    // Some errors (a full disk, for one) make SQLite itself roll everything back.
    if (connection.database.inTransaction) for (const statement of undo) connection.run(statement)
    throw error
  }
}
