import type { Migration } from '@leadhooks/sql'

export const webhookFilter: Migration = {
  version: 9,
  name: 'webhook-filter',
  mode: 'transactional',
  locks: 'The table of webhooks, for some milliseconds whatever its size: a column without a rewrite.',
  statements: ['alter table leadhooks.webhooks add column filter jsonb'],
}
