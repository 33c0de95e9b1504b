import type { Migration } from '@leadhooks/sql'

export const recoveries: Migration = {
  version: 13,
  name: 'recoveries',
  mode: 'transactional',
  locks: 'The table of bulk replays, for some milliseconds whatever its size: columns without a rewrite.',
  statements: [
    `alter table leadhooks.bulk_replays
      add column kind text not null default 'replay',
      -- A recovery goes through events, and has none.
      alter column status drop not null,
      add column include_failed boolean not null default false`,
  ],
}
