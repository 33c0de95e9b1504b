import type { Migration } from '@leadhooks/sql'

export const webhookTls: Migration = {
  version: 17,
  name: 'webhook-tls',
  mode: 'transactional',
  locks: 'The table of webhooks, for some milliseconds whatever its size: columns without a rewrite.',
  statements: [
    `alter table leadhooks.webhooks
      add column tls_certificates jsonb,
      add column sealed_tls text`,
  ],
}
