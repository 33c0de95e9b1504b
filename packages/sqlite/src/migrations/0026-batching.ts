import type { Migration } from '@leadhooks/sql'

export const batching: Migration = {
  version: 26,
  name: 'batching',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: columns without a rewrite.',
  statements: [
    'alter table leadhooks_webhooks add column batch text',
    // As JSON, the request for many events that an attempt was part of.
    'alter table leadhooks_attempts add column batch text',
  ],
}
