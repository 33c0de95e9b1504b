import type { Migration } from '@leadhooks/sql'

export const bulkReplays: Migration = {
  version: 8,
  name: 'bulk-replays',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes a new table.',
  statements: [
    // Replays of many deliveries, and how far each has come.
    `create table leadhooks.bulk_replays (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      state text not null,
      webhook_id text collate "C",
      event_type text,
      status text not null,
      since timestamptz(3),
      until timestamptz(3) not null,
      per_second integer not null,
      total integer not null,
      replayed integer not null,
      skipped integer not null,
      created_at timestamptz(3) not null,
      finished_at timestamptz(3),
      idempotency_key text,
      -- The last delivery that it has seen to.
      after_created_at timestamptz(3),
      after_id text collate "C"
    )`,
    // The list of an organization's.
    `create index bulk_replays_by_age on leadhooks.bulk_replays (organization_id, created_at, id)`,
    `create unique index bulk_replays_by_key on leadhooks.bulk_replays (organization_id, idempotency_key)
      where idempotency_key is not null`,
    // Those that a worker is to go on with.
    `create index bulk_replays_running on leadhooks.bulk_replays (id) where state = 'running'`,
  ],
}
