import type { Migration } from '@leadhooks/sql'

export const bulkReplays: Migration = {
  version: 7,
  name: 'bulk-replays',
  mode: 'transactional',
  locks:
    'Makes a new table only: holds the lock for writing to the file for some milliseconds, whatever its size.',
  statements: [
    // Replays of many deliveries, and how far each has come.
    `create table leadhooks_bulk_replays (
      id text not null primary key,
      organization_id text not null,
      state text not null,
      webhook_id text,
      event_type text,
      status text not null,
      since integer,
      until integer not null,
      per_second integer not null,
      total integer not null,
      replayed integer not null,
      skipped integer not null,
      created_at integer not null,
      finished_at integer,
      idempotency_key text,
      -- The last delivery that it has seen to.
      after_created_at integer,
      after_id text
    ) strict, without rowid`,
    // The list of an organization's.
    `create index leadhooks_bulk_replays_by_age on leadhooks_bulk_replays (organization_id, created_at, id)`,
    `create unique index leadhooks_bulk_replays_by_key on leadhooks_bulk_replays (organization_id, idempotency_key)
      where idempotency_key is not null`,
    // Those that a worker is to go on with.
    `create index leadhooks_bulk_replays_running on leadhooks_bulk_replays (id) where state = 'running'`,
  ],
}
