import type { Migration } from '@leadhooks/sql'

export const auditLog: Migration = {
  version: 4,
  name: 'audit-log',
  mode: 'transactional',
  locks:
    'Makes new tables only: holds the lock for writing to the file for some milliseconds, whatever its size.',
  statements: [
    // Rows only ever come. What was before and after is text and never anything else: the hash is over its bytes.
    `create table leadhooks_audit_log (
      organization_id text not null,
      sequence integer not null,
      id text not null,
      created_at integer not null,
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
    ) strict, without rowid`,
    // The list of an organization's entries.
    `create index leadhooks_audit_log_by_age on leadhooks_audit_log (organization_id, created_at, id)`,

    // The end of each organization's chain: whoever adds to it locks it.
    `create table leadhooks_audit_heads (
      organization_id text not null primary key,
      sequence integer not null,
      hash text not null,
      key_id text not null,
      signature text not null
    ) strict, without rowid`,
  ],
}
