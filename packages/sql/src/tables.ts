import type {
  ApiKey,
  ApiKeyUsageCount,
  Attempt,
  AuditEntry,
  AuditHead,
  Delivery,
  KeyedRequest,
  KnownRequest,
  Organization,
  RegisteredEventType,
  ShapedBody,
  SettledFacts,
  StoredBulkReplay,
  StoredEvent,
  SeenWorker,
  StoredWebhook,
  UsageInterval,
} from '@leadhooks/core/storage'
import type { Generated } from 'kysely'

/** What a database gives and takes for a date: Postgres a `Date`, SQLite milliseconds since the epoch. */
export type SqlDate = Date | number
/** What it gives and takes for a boolean: Postgres a boolean, SQLite 0 or 1. */
export type SqlBoolean = boolean | number
/** What it gives and takes for JSON: text, or what a driver made of it. */
export type SqlJson = string | object

/** `createdAt` is kept as `created_at`. */
export type SnakeCase<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : ''

type ColumnType<Value> = Value extends null | string | number
  ? Value
  : Value extends Date
    ? SqlDate
    : Value extends boolean
      ? SqlBoolean
      : SqlJson

/** The columns that keep a model: one for each field, of the same name in snake case. */
export type Columns<Model> = {
  [Field in keyof Model & string as SnakeCase<Field>]: ColumnType<Model[Field]>
}

export interface MigrationRow {
  version: number
  name: string
  applied_at: SqlDate
}

/** The tables that both SQL storages have. What only one of them has is its own affair. */
export interface Tables {
  organizations: Columns<Organization>
  api_keys: Columns<ApiKey> & { expiry_told_for: SqlDate | null; rotation_told_for: SqlDate | null }
  api_key_tokens: { hash: string; api_key_id: string; ends_at: SqlDate | null }
  api_key_usage: Columns<Omit<ApiKeyUsageCount, 'id'>> & { api_key_id: string }
  audit_log: Columns<Omit<AuditEntry, 'actor'>> & {
    actor_type: AuditEntry['actor']['type']
    actor_id: string
    actor_ip: string | null
    actor_user_agent: string | null
  }
  audit_heads: Columns<AuditHead>
  webhooks: Columns<StoredWebhook>
  event_types: Columns<RegisteredEventType>
  event_type_changes: { changes: number }
  events: Columns<StoredEvent>
  deliveries: Columns<Delivery>
  bulk_replays: Columns<StoredBulkReplay>
  attempts: Columns<Attempt> & { delivery_id: string }
  delivery_bodies: Columns<ShapedBody> & { delivery_id: string }
  /** What was settled and is in no rollup yet. */
  settled_facts: Columns<SettledFacts> & { key: number }
  /** An empty `webhook_id` or `event_type` stands for all of them together. */
  rollups: {
    organization_id: string
    interval: UsageInterval
    webhook_id: string
    event_type: string
    starts_at: SqlDate
    counts: string
  }
  workers: Columns<Omit<SeenWorker, 'silentMs'>>
  /** `kept_until`: when the lease of its holder, or the time of its answer, is over. */
  requests: Columns<KeyedRequest & KnownRequest> & { holder: string; kept_until: SqlDate }
  /** Organizations whose changes somebody watches. */
  change_watches: { organization_id: string; watched_until: SqlDate }
  delivery_changes: { key: Generated<number>; organization_id: string; noted_at: SqlDate; change: string }
  migrations: MigrationRow
}
