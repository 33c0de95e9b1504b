import type { Migration } from '@leadhooks/sql'

export const recoveries: Migration = {
  version: 12,
  name: 'recoveries',
  mode: 'transactional',
  locks:
    'The file, for writing, for some milliseconds: it writes the table of bulk replays anew, which is small.',
  statements: [
    // SQLite cannot take a `not null` away: a recovery goes through events, and has no status.
    'alter table leadhooks_bulk_replays rename column status to replayed_status',
    'alter table leadhooks_bulk_replays add column status text',
    'update leadhooks_bulk_replays set status = replayed_status',
    'alter table leadhooks_bulk_replays drop column replayed_status',
    `alter table leadhooks_bulk_replays add column kind text not null default 'replay'`,
    'alter table leadhooks_bulk_replays add column include_failed integer not null default 0',
  ],
}
