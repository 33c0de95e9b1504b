import type { Migration } from '@leadhooks/sql'

export const workers: Migration = {
  version: 23,
  name: 'workers',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes a new table.',
  statements: [
    // Which workers there are, as each tells of itself. Nothing is lost with it in a crash.
    `create unlogged table leadhooks.workers (
      id text collate "C" primary key,
      host text not null,
      version text not null,
      in_flight integer not null,
      started_at timestamptz(3) not null,
      last_beat_at timestamptz(3) not null
    ) with (fillfactor = 50)`,
  ],
}
