import { checkOpen, has, postgresJs } from './host-library.ts'
import type { PostgresTransaction } from './transaction.ts'

/** What is used of the `sql` that postgres.js gives to a transaction: it has savepoints, or can be released. */
export type PostgresJsTransaction = ({ savepoint: unknown } | { release: unknown }) & {
  unsafe(text: string, values: never[], options: { prepare: boolean }): PromiseLike<unknown>
}

/**
 * Makes an event part of a transaction of postgres.js: of `sql.begin`, or one begun by hand on what `sql.reserve()` answers.
 *
 * ```ts
 * await sql.begin(async (sql) => {
 *   await sql`insert into leads (id) values (${'lead_123'})`
 *   await leadhooks.dispatchEvent(event, { tx: fromPostgresJs(sql) })
 * })
 * ```
 */
export function fromPostgresJs(sql: PostgresJsTransaction): PostgresTransaction {
  checkOpen(postgresJs, sql, (given) => has(given, 'savepoint') || has(given, 'release'))
  return {
    async query(text, values) {
      // Unprepared, it would ask for the types first: a round trip more each time. `prepare: false` of the host's goes before.
      const rows = await sql.unsafe(text, [...values] as never[], { prepare: true })
      return { rows: rows as unknown[] }
    },
  }
}
