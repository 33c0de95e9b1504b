import type { Migration } from '@leadhooks/sql'

export const erasures: Migration = {
  version: 21,
  name: 'erasures',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes a new table.',
  statements: [
    // Organizations of which all is to be removed.
    `create table leadhooks.erasures (organization_id text collate "C" primary key)`,
  ],
}
