import type { Migration } from '@leadhooks/sql'

export const erasures: Migration = {
  version: 20,
  name: 'erasures',
  mode: 'transactional',
  locks:
    'Makes a new table only: holds the lock for writing to the file for some milliseconds, whatever its size.',
  statements: [
    // Organizations of which all is to be removed.
    `create table leadhooks_erasures (organization_id text not null primary key) strict, without rowid`,
  ],
}
