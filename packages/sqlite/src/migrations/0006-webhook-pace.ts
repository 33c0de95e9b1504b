import type { Migration } from '@leadhooks/sql'

export const webhookPace: Migration = {
  version: 6,
  name: 'webhook-pace',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: columns without a rewrite.',
  statements: [
    'throttle text',
    'throttle_full_at real',
    `maintenance text not null default '[]'`,
    'authentication_type text',
    'sealed_authentication text',
  ].map((column) => `alter table leadhooks_webhooks add column ${column}`),
}
