import type { Migration } from '@leadhooks/sql'

export const webhookKeys: Migration = {
  version: 10,
  name: 'webhook-keys',
  mode: 'transactional',
  locks: 'The table of webhooks, for some milliseconds whatever its size: columns without a rewrite.',
  statements: [
    `alter table leadhooks.webhooks
      add column public_key text,
      add column sealed_private_key text,
      add column previous_public_key text,
      add column sealed_previous_private_key text`,
  ],
}
