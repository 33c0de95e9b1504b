import { checkOpen, drizzle, has } from './host-library.ts'
import type { PostgresTransaction } from './transaction.ts'

/** What is used of a transaction of Drizzle, over `pg`, postgres.js and other drivers for Postgres. */
export interface DrizzleTransaction {
  execute(query: never): PromiseLike<unknown>
  rollback(): never
}

/**
 * Makes an event part of a transaction of Drizzle.
 *
 * ```ts
 * await db.transaction(async (tx) => {
 *   await tx.insert(leads).values({ id: 'lead_123' })
 *   await leadhooks.dispatchEvent(event, { tx: fromDrizzle(tx) })
 * })
 * ```
 */
export function fromDrizzle(tx: DrizzleTransaction): PostgresTransaction {
  checkOpen(drizzle, tx, (given) => has(given, 'rollback'))
  return {
    async query(text, values) {
      const result = (await tx.execute(sqlOf(text, values) as never)) as unknown[] | { rows: unknown[] }
      // postgres.js answers the rows themselves, all others an object that has them.
      return Array.isArray(result) ? { rows: result } : result
    },
  }
}

/**
 * What Drizzle runs is any object that can become SQL, of its types `SQLWrapper` and `SQL`: so this text need not go through
 * its `sql` template, which would have to be imported from the copy of Drizzle that the host has.
 */
function sqlOf(text: string, values: readonly unknown[]): object {
  const sql = { getSQL: () => sql, toQuery: () => ({ sql: text, params: [...values] }) }
  return sql
}
