import type { Migration } from '@leadhooks/sql'

export const rollups: Migration = {
  version: 15,
  name: 'rollups',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes new tables.',
  statements: [
    // What each batch of settlements said of the deliveries of one webhook and event type. Rows only come, so that no two
    // workers wait for each other, and a fold takes them away again within seconds.
    `create table leadhooks.settled_facts (
      key bigint generated always as identity primary key,
      organization_id text collate "C" not null,
      webhook_id text collate "C" not null,
      event_type text collate "C" not null,
      settled_at timestamptz(3) not null,
      facts text not null
    ) with (
      autovacuum_vacuum_scale_factor = 0,
      autovacuum_vacuum_threshold = 1000,
      autovacuum_vacuum_cost_delay = 0
    )`,
    // Counts of what came of deliveries, by interval; an empty webhook or event type stands for all of them together. The rows
    // of the present minute, hour and day are written again and again, into pages with room for that: a HOT update each.
    `create table leadhooks.rollups (
      organization_id text collate "C" not null,
      "interval" text collate "C" not null,
      webhook_id text collate "C" not null,
      event_type text collate "C" not null,
      starts_at timestamptz(3) not null,
      counts text not null,
      primary key (organization_id, "interval", webhook_id, event_type, starts_at)
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)`,
    // What has grown too old.
    `create index rollups_by_age on leadhooks.rollups ("interval", starts_at)`,
  ],
}
