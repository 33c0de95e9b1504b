// The tables
export type { Columns, MigrationRow, SqlBoolean, SqlDate, SqlJson, Tables } from './tables.ts'
export type { Codec, Conversion } from './codec.ts'

// What a dialect supplies
export { rowsOf, type Sql, type SqlRunner, type Steps } from './sql-runner.ts'
export type { DeliveryLayout } from './deliveries.ts'

// What it gets
export { organizationStorage } from './organizations.ts'
export { apiKeyStorage } from './api-keys.ts'
export { webhookStorage } from './webhooks.ts'
export { appendEntry, auditStorage } from './audit.ts'
export { eventTypeStorage } from './event-types.ts'
export { requestStorage } from './requests.ts'
export { eventListing } from './events.ts'
export { advanceSteps, bulkReplayStorage } from './bulk-replays.ts'
export type { RecoveryDialect } from './recoveries.ts'
export { deliveryStorage } from './deliveries.ts'
export { changeStorage } from './changes.ts'
export { workerStorage } from './workers.ts'
export { retentionStorage } from './retentions.ts'
export { type RollupDialect, rollupStorage } from './rollups.ts'
export {
  checkUpToDate,
  type Migration,
  type MigrationsTable,
  migrateSteps,
  pendingMigrations,
  tablesMissing,
  tablesVersion,
} from './migrate.ts'

// For the statements that it writes by hand
export { corrupt } from './row-mapping.ts'
export { readWebhook } from './webhooks.ts'
export { readEvent } from './events.ts'
export { deliveryColumns, readDelivery } from './deliveries.ts'
export { givenUpColumns, type GivenUpRow, readGivenUp } from './given-up.ts'
