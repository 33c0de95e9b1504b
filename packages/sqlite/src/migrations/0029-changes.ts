import type { Migration } from '@leadhooks/sql'

export const changes: Migration = {
  version: 29,
  name: 'changes',
  mode: 'transactional',
  locks:
    'Makes new tables only: holds the lock for writing to the file for some milliseconds, whatever its size.',
  statements: [
    // Organizations whose deliveries somebody follows on a screen, and until when.
    `create table leadhooks_change_watches (
      organization_id text not null primary key,
      watched_until integer not null
    ) strict, without rowid`,
    // What became of their deliveries in the last minutes. No key is given twice, also where all rows are gone.
    `create table leadhooks_delivery_changes (
      key integer primary key autoincrement,
      organization_id text not null,
      noted_at integer not null,
      change text not null
    ) strict`,
  ],
}
