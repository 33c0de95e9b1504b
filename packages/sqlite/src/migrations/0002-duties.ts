import type { Migration } from '@leadhooks/sql'

/** SQLite cannot let a column be null that could not: another takes its place. */
export const duties: Migration = {
  version: 2,
  name: 'duties',
  mode: 'transactional',
  locks:
    'Writes the table of webhooks anew: holds the lock for writing to the file for some milliseconds for every thousand webhooks.',
  statements: [
    // Who sees to what one worker of all is to see to, and until when.
    `create table leadhooks_duties (
      name text not null primary key,
      holder text not null,
      held_until integer not null
    ) strict, without rowid`,

    // Null where the webhook has no retry policy of its own: then the host's default counts, as it is now.
    `alter table leadhooks_webhooks rename column max_age_ms to former_max_age_ms`,
    `alter table leadhooks_webhooks add column max_age_ms real`,
    `update leadhooks_webhooks set max_age_ms = former_max_age_ms where retry is not null`,
    `alter table leadhooks_webhooks drop column former_max_age_ms`,
  ],
}
