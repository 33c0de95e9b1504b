import type { Compilable, CompiledQuery, Kysely, RawBuilder, SqlBool } from 'kysely'
import type { Codec } from './codec.ts'
import type { SqlDate, Tables } from './tables.ts'

/**
 * Statements to run one after the other: a generator that yields them and is handed their rows. It says nothing of when
 * they run, so that one text serves a driver that answers at once (better-sqlite3) and one that has to be awaited (pg).
 */
export type Steps<Result> = Generator<CompiledQuery, Result, readonly unknown[]>

/** Runs what Kysely compiled: Kysely itself opens no connection here. */
export interface SqlRunner {
  /** Runs one statement, and answers its rows. Throws `LeadhooksError` only. */
  rows<Row>(query: Compilable<Row>): Promise<Row[]>
  /**
   * Runs steps as one transaction, which is undone when one of them throws. Where another transaction got in the way it begins
   * anew: hence a function that makes the steps.
   */
  transaction<Result>(steps: () => Steps<Result>): Promise<Result>
}

/** What the functions of this package work with: their first argument. */
export interface Sql {
  /** Compiles only. */
  db: Kysely<Tables>
  codec: Codec
  runner: SqlRunner
  /** The time to write and to judge by: the one that was given, or else the database's own. */
  time(given: Date | undefined): RawBuilder<SqlDate>
  /** Ends a query whose rows are to stay as they are until the transaction is over: `for update`, or nothing. */
  lock: RawBuilder<unknown>
  /** Until the transaction is over, who else locks this organization waits. There need be no row of it. */
  lockOrganization(id: string): Compilable
  /** A time so many days after another: columns, or what stands for one. */
  daysLater(time: RawBuilder<SqlDate>, days: string): RawBuilder<SqlDate>
  /** So many milliseconds after a time. */
  msLater(time: RawBuilder<SqlDate>, ms: number): RawBuilder<SqlDate>
  /** Whether a column of JSON, an array of texts, has this one among them. */
  contains(column: string, text: string): RawBuilder<SqlBool>
}

/** Yields one statement, and answers its rows. */
export function* rowsOf<Row>(query: Compilable<Row>): Steps<Row[]> {
  return [...(yield query.compile())] as Row[]
}
