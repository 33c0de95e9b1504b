import type { Migration } from '@leadhooks/sql'

export const retention: Migration = {
  version: 27,
  name: 'retention',
  mode: 'transactional',
  locks:
    'The tables of organizations and API keys: a column without a rewrite, and two indexes, some milliseconds for every thousand keys.',
  statements: [
    // How long what is finished is kept; null: as the host says.
    `alter table leadhooks.organizations add column retention jsonb`,
    // What has ended, and is removed some time later.
    `create index api_keys_revoked on leadhooks.api_keys (revoked_at) where revoked_at is not null`,
    `create index api_key_tokens_ended on leadhooks.api_key_tokens (ends_at) where ends_at is not null`,
  ],
}
