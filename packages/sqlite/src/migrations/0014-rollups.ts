import type { Migration } from '@leadhooks/sql'

export const rollups: Migration = {
  version: 14,
  name: 'rollups',
  mode: 'transactional',
  locks:
    'Makes new tables only: holds the lock for writing to the file for some milliseconds, whatever its size.',
  statements: [
    // What each batch of settlements said of the deliveries of one webhook and event type. A settlement writes it at the end of
    // one small tree, and a fold takes it away again within seconds.
    `create table leadhooks_settled_facts (
      key integer primary key,
      organization_id text not null,
      webhook_id text not null,
      event_type text not null,
      settled_at integer not null,
      facts text not null
    ) strict`,
    // Counts of what came of deliveries, by interval; an empty webhook or event type stands for all of them together.
    `create table leadhooks_rollups (
      organization_id text not null,
      "interval" text not null,
      webhook_id text not null,
      event_type text not null,
      starts_at integer not null,
      counts text not null,
      primary key (organization_id, "interval", webhook_id, event_type, starts_at)
    ) strict, without rowid`,
    // What has grown too old.
    `create index leadhooks_rollups_by_age on leadhooks_rollups ("interval", starts_at)`,
  ],
}
