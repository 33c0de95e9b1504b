import type { Migration } from '@leadhooks/sql'

export const webhookKeys: Migration = {
  version: 9,
  name: 'webhook-keys',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: columns without a rewrite, and an index of no rows.',
  statements: [
    'alter table leadhooks_webhooks add column public_key text',
    'alter table leadhooks_webhooks add column sealed_private_key text',
    'alter table leadhooks_webhooks add column previous_public_key text',
    'alter table leadhooks_webhooks add column sealed_previous_private_key text',
    // Whoever asks for public keys knows the id alone.
    'create index leadhooks_webhooks_with_keys on leadhooks_webhooks (id) where public_key is not null',
  ],
}
