import type { Compilable, CompiledQuery, Kysely, RawBuilder } from 'kysely'
import type { Codec } from './codec.ts'
import type { SqlDate, Tables } from './tables.ts'

/**
 * The steps of a transaction: a generator that yields statements and is handed their rows. It says nothing of when they
 * run, so that one text serves a driver that answers at once (better-sqlite3) and one that has to be awaited (pg).
 *
 * ```ts
 * function* rename(db: Kysely<Tables>, id: string): Steps<boolean> {
 *   const rows = yield* rowsOf(db.updateTable('webhooks').set({ name: 'New' }).where('id', '=', id).returning('id'))
 *   return rows.length > 0
 * }
 * ```
 */
export type Steps<Result> = Generator<CompiledQuery, Result, readonly unknown[]>

/** Runs what Kysely compiled: Kysely itself opens no connection here. Throws `LeadhooksError` only. */
export interface SqlRunner {
  rows<Row>(query: Compilable<Row>): Promise<Row[]>
  /** Runs the steps as one transaction that writes. Where it throws, nothing was written. */
  atomically<Result>(steps: () => Steps<Result>): Promise<Result>
}

/** What the functions of this package work with: their first argument. */
export interface Sql {
  /** Compiles only. */
  db: Kysely<Tables>
  codec: Codec
  runner: SqlRunner
  /** The time to write and to judge by: the one that was given, or else the database's own. */
  time(given: Date | undefined): RawBuilder<SqlDate>
}

/** Yields one statement, and answers its rows. */
export function* rowsOf<Row>(query: Compilable<Row>): Steps<Row[]> {
  return [...(yield query.compile())] as Row[]
}
