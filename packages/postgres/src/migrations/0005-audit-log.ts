import type { Migration } from '@leadhooks/sql'

export const auditLog: Migration = {
  version: 5,
  name: 'audit-log',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes new tables.',
  statements: [
    // Rows only ever come. What was before and after is text and never jsonb: the hash is over its bytes.
    `create table leadhooks.audit_log (
      organization_id text collate "C" not null,
      sequence bigint not null,
      id text collate "C" not null,
      created_at timestamptz(3) not null,
      action text not null,
      actor_type text not null,
      actor_id text not null,
      actor_ip text,
      actor_user_agent text,
      target_type text not null,
      target_id text not null,
      before text,
      after text,
      key_id text not null,
      previous_hash text not null,
      hash text not null,
      primary key (organization_id, sequence)
    )`,
    // The list of an organization's entries.
    `create index audit_log_by_age on leadhooks.audit_log (organization_id, created_at, id)`,

    // The end of each organization's chain: whoever adds to it locks it.
    `create table leadhooks.audit_heads (
      organization_id text collate "C" primary key,
      sequence bigint not null,
      hash text not null,
      key_id text not null,
      signature text not null
    )`,
  ],
}
