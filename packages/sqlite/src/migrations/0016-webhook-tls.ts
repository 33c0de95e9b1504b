import type { Migration } from '@leadhooks/sql'

export const webhookTls: Migration = {
  version: 16,
  name: 'webhook-tls',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: columns without a rewrite.',
  statements: [
    'alter table leadhooks_webhooks add column tls_certificates text',
    'alter table leadhooks_webhooks add column sealed_tls text',
  ],
}
