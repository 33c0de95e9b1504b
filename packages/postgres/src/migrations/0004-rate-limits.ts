import type { Migration } from '@leadhooks/sql'

export const rateLimits: Migration = {
  version: 4,
  name: 'rate-limits',
  mode: 'transactional',
  locks:
    'The table of organizations for a moment, to add a column without writing rows; and it makes a new table.',
  statements: [
    `alter table leadhooks.organizations add column events_per_minute integer`,

    // Written in place again and again (HOT): rows have room beside them, and no index holds what changes. `stale_at` is read by
    // a sweep only, a few rows at a time.
    `create table leadhooks.rate_limits (
      id text collate "C" primary key,
      state text,
      stale_at timestamptz(3) not null
    ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`,
  ],
}
