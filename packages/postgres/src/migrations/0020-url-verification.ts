import type { Migration } from '@leadhooks/sql'

export const urlVerification: Migration = {
  version: 20,
  name: 'url-verification',
  mode: 'transactional',
  locks: 'The table of webhooks, for some milliseconds whatever its size: columns without a rewrite.',
  statements: [
    `alter table leadhooks.webhooks
      add column verification text,
      add column verified_at timestamptz(3)`,
  ],
}
