import type { Migration } from '@leadhooks/sql'

export const changes: Migration = {
  version: 32,
  name: 'changes',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes new tables.',
  statements: [
    // Organizations whose deliveries somebody follows on a screen, and until when.
    `create table leadhooks.change_watches (
      organization_id text collate "C" primary key,
      watched_until timestamptz(3) not null
    )`,
    // What became of their deliveries in the last minutes. Rows only come, and go when they are old.
    `create table leadhooks.delivery_changes (
      key bigint generated always as identity primary key,
      organization_id text collate "C" not null,
      noted_at timestamptz(3) not null,
      change text not null
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`,
  ],
}
