import type { Migration } from '@leadhooks/sql'

export const batching: Migration = {
  version: 28,
  name: 'batching',
  mode: 'transactional',
  locks:
    'The tables of webhooks and attempts, for some milliseconds whatever their size: columns without a rewrite.',
  statements: [
    `alter table leadhooks.webhooks add column batch jsonb`,
    // The request for many events that an attempt was part of.
    `alter table leadhooks.attempts add column batch jsonb`,
  ],
}
