import { checkOpen, typeorm } from './host-library.ts'
import type { PostgresTransaction } from './transaction.ts'

/** What is used of TypeORM's `EntityManager`, or of its `QueryRunner`; a `DataSource` makes some. */
export interface TypeormTransaction {
  query(text: string, values: unknown[]): Promise<unknown>
  queryRunner?: { isTransactionActive: boolean } | undefined
  isTransactionActive?: boolean
  createQueryRunner?: never
}

/**
 * Makes an event part of a transaction of TypeORM. It takes a `QueryRunner` as well.
 *
 * ```ts
 * await dataSource.transaction(async (manager) => {
 *   await manager.insert(Lead, { id: 'lead_123' })
 *   await leadhooks.dispatchEvent(event, { tx: fromTypeorm(manager) })
 * })
 * ```
 */
export function fromTypeorm(manager: TypeormTransaction): PostgresTransaction {
  checkOpen(typeorm, manager, (given) => (given.queryRunner ?? given).isTransactionActive === true)
  return { query: async (text, values) => ({ rows: (await manager.query(text, [...values])) as unknown[] }) }
}
