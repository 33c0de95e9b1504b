import { checkOpen, typeorm } from './host-library.ts'
import type { PostgresTransaction } from './transaction.ts'

/** What is used of TypeORM's `EntityManager`. */
export interface TypeormTransaction {
  query(text: string, values: unknown[]): Promise<unknown>
  queryRunner?: { isTransactionActive: boolean } | undefined
}

/**
 * Makes an event part of a transaction of TypeORM. For a `QueryRunner`, pass its `manager`.
 *
 * ```ts
 * await dataSource.transaction(async (manager) => {
 *   await manager.insert(Lead, { id: 'lead_123' })
 *   await leadhooks.dispatchEvent(event, { tx: fromTypeorm(manager) })
 * })
 * ```
 */
export function fromTypeorm(manager: TypeormTransaction): PostgresTransaction {
  checkOpen(typeorm, manager, ({ queryRunner }) => queryRunner?.isTransactionActive === true)
  return { query: async (text, values) => ({ rows: (await manager.query(text, [...values])) as unknown[] }) }
}
