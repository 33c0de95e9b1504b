import type { Migration } from '@leadhooks/sql'

export const retention: Migration = {
  version: 25,
  name: 'retention',
  mode: 'transactional',
  locks:
    'The file, for writing, for some milliseconds: a column without a rewrite, and two indexes over API keys.',
  statements: [
    // How long what is finished is kept; null: as the host says.
    'alter table leadhooks_organizations add column retention text',
    // What has ended, and is removed some time later.
    'create index leadhooks_api_keys_revoked on leadhooks_api_keys (revoked_at) where revoked_at is not null',
    'create index leadhooks_api_key_tokens_ended on leadhooks_api_key_tokens (ends_at) where ends_at is not null',
  ],
}
