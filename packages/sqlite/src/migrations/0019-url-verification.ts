import type { Migration } from '@leadhooks/sql'

export const urlVerification: Migration = {
  version: 19,
  name: 'url-verification',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: columns without a rewrite.',
  statements: [
    'alter table leadhooks_webhooks add column verification text',
    'alter table leadhooks_webhooks add column verified_at integer',
  ],
}
