import type { Migration } from '@leadhooks/sql'

export const webhookFilter: Migration = {
  version: 8,
  name: 'webhook-filter',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: a column without a rewrite.',
  statements: ['alter table leadhooks_webhooks add column filter text'],
}
