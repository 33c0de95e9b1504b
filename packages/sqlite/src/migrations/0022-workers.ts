import type { Migration } from '@leadhooks/sql'

export const workers: Migration = {
  version: 22,
  name: 'workers',
  mode: 'transactional',
  locks:
    'Makes a new table only: holds the lock for writing to the file for some milliseconds, whatever its size.',
  statements: [
    // Which workers there are, as each tells of itself.
    `create table leadhooks_workers (
      id text not null primary key,
      host text not null,
      version text not null,
      in_flight integer not null,
      started_at integer not null,
      last_beat_at integer not null
    ) strict, without rowid`,
  ],
}
