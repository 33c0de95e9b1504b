export { postgresStorage, type PostgresStorageOptions } from './postgres-storage.ts'
export type { PostgresTransaction } from './transactions/transaction.ts'
