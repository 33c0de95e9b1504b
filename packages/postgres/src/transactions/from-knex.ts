import { checkOpen, has, knex } from './host-library.ts'
import type { PostgresTransaction } from './transaction.ts'

/** What is used of Knex's `Transaction`. */
export interface KnexTransaction {
  raw(text: string, bindings: never[]): PromiseLike<unknown>
  isCompleted(): boolean
}

/**
 * Makes an event part of a transaction of Knex.
 *
 * ```ts
 * await knex.transaction(async (trx) => {
 *   await trx('leads').insert({ id: 'lead_123' })
 *   await leadhooks.dispatchEvent(event, { tx: fromKnex(trx) })
 * })
 * ```
 */
export function fromKnex(trx: KnexTransaction): PostgresTransaction {
  checkOpen(knex, trx, (given) => has(given, 'isCompleted') && !given.isCompleted())
  return {
    async query(text, values) {
      try {
        // Knex knows `?` only. Each $n stands there once and in order, and there is no other `?`.
        const result = await trx.raw(text.replaceAll(/\$\d+/g, '?'), [...values] as never[])
        return result as { rows: unknown[] }
      } catch (error) {
        // It puts the whole statement before what the database has said.
        if (error instanceof Error) error.message = error.message.replace(`${text} - `, '')
        throw error
      }
    },
  }
}
