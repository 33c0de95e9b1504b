import { CompiledQuery } from 'kysely'
import { checkOpen, kysely } from './host-library.ts'
import type { PostgresTransaction } from './transaction.ts'

/** What is used of Kysely's `Transaction`. */
export interface KyselyTransaction {
  readonly isTransaction: true
  withoutPlugins(): { executeQuery(query: never): Promise<{ rows: unknown[] }> }
}

/**
 * Makes an event part of a transaction of Kysely.
 *
 * ```ts
 * await db.transaction().execute(async (trx) => {
 *   await trx.insertInto('leads').values({ id: 'lead_123' }).execute()
 *   await leadhooks.dispatchEvent(event, { tx: fromKysely(trx) })
 * })
 * ```
 */
export function fromKysely(trx: KyselyTransaction): PostgresTransaction {
  checkOpen(kysely, trx, ({ isTransaction }) => isTransaction)
  // Plugins could rename the columns of what comes back.
  const connection = trx.withoutPlugins()
  return {
    query: async (text, values) => connection.executeQuery(CompiledQuery.raw(text, [...values]) as never),
  }
}
