import { has, hostLibraries } from './host-library.ts'
import { describe, notOpen, refused } from './refused.ts'

/**
 * The host's open transaction. A `pg` client is one as it is; for query builders there are `fromKysely`, `fromDrizzle` and so
 * on. For anything else that talks to Postgres, write one: it runs `text` within the transaction, with `values[0]` for `$1`.
 *
 * The statements that go through it use each `$n` once and in order, as text, and hold no `?`. Their values are strings and null.
 * What they return is text, integers of 32 bits and booleans, in columns whose names are one lower-case word: neither parsers
 * of types nor plugins that rename columns make a difference.
 */
export interface PostgresTransaction {
  query(text: string, values: readonly unknown[]): Promise<{ rows: unknown[] }>
}

/** What pg has of its own: its transactions are what it calls clients. */
interface PgClient extends PostgresTransaction {
  /** `I` for idle. @default absent before pg 8.21 */
  getTransactionStatus?(): string | null
}

/**
 * Answers `tx` if it can be a transaction, and throws `invalid_request` for what is none: a pool above all, each query of
 * which may run on another connection.
 *
 * Some mistakes cannot be seen from here, and then the event is committed by itself: a client of pg before 8.21 without a
 * `begin`, a connection from `sql.reserve()` of postgres.js without one, and a transaction of Drizzle or postgres.js that has
 * ended already, because the dispatch in it was not awaited.
 */
export function checkTransaction(tx: unknown): PostgresTransaction {
  if (isPool(tx))
    throw notOpen(
      '`tx` is a pool of pg, which runs each query on whatever connection is free, and not in your transaction',
      "Pass the one connection that this is on: `const client = await pool.connect()`, `await client.query('begin')`, and `{ tx: client }`",
    )
  const library = hostLibraries.find(({ isOf }) => isOf(tx))
  if (library !== undefined) {
    const { name, adapter, open } = library
    throw refused(`\`tx\` is of ${name}: pass \`${adapter}(…)\` around what ${open} gives you`)
  }
  if (!isTransaction(tx)) {
    const adapters = hostLibraries.map(({ adapter }) => `\`${adapter}\``).join(', ')
    throw refused(`\`tx\` must be a client of pg or come from one of ${adapters}, got ${describe(tx)}`)
  }
  if (tx.getTransactionStatus?.() === 'I')
    throw notOpen(
      '`tx` is a client of pg on which no transaction is open',
      "`await client.query('begin')` before the dispatch",
    )
  return tx
}

/** Of pg, or of a driver that took after it. */
function isPool(tx: unknown): boolean {
  return has(tx, 'query', 'connect') && 'totalCount' in (tx as object) && 'idleCount' in (tx as object)
}

function isTransaction(tx: unknown): tx is PgClient {
  return has(tx, 'query')
}
