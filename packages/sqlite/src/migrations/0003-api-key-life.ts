import type { Migration } from '@leadhooks/sql'

/** SQLite cannot drop a column that is unique: another table takes the place of the one that held the hashes. */
export const apiKeyLife: Migration = {
  version: 3,
  name: 'api-key-life',
  mode: 'transactional',
  locks:
    'Writes the table of API keys anew: holds the lock for writing to the file for some milliseconds for every thousand keys.',
  statements: [
    `alter table leadhooks_organizations add column events_per_minute integer`,

    // The tokens of a key: its current one, and those before it, each until it ends.
    `create table leadhooks_api_key_tokens (
      hash text not null primary key,
      api_key_id text not null,
      ends_at integer
    ) strict, without rowid`,
    `insert into leadhooks_api_key_tokens (hash, api_key_id) select hash, id from leadhooks_api_keys`,
    // A rotation ends the current token of a key.
    `create unique index leadhooks_api_key_tokens_current on leadhooks_api_key_tokens (api_key_id) where ends_at is null`,

    `alter table leadhooks_api_keys rename to leadhooks_former_api_keys`,
    `create table leadhooks_api_keys (
      id text not null primary key,
      organization_id text not null,
      name text not null,
      description text,
      environment text not null,
      role text,
      permissions text not null,
      enabled integer not null,
      allowed_ips text not null,
      rate_limits text,
      tags text not null,
      metadata text not null,
      owner_id text,
      rotate_every_days integer,
      start text not null,
      last4 text not null,
      created_at integer not null,
      expires_at integer,
      rotated_at integer,
      grace_ends_at integer,
      last_used_at integer,
      last_used_ip text,
      last_used_user_agent text,
      revoked_at integer,
      revoked_reason text,
      -- Which expiry, and which token's age, somebody was reminded of.
      expiry_told_for integer,
      rotation_told_for integer
    ) strict, without rowid`,
    `insert into leadhooks_api_keys (id, organization_id, name, description, environment, role, permissions, enabled,
        allowed_ips, tags, metadata, start, last4, created_at, expires_at, revoked_at, revoked_reason)
      select id, organization_id, name, description, environment, role, permissions, 1, '[]', '[]', '{}', start, last4,
        created_at, expires_at, revoked_at, revoked_reason from leadhooks_former_api_keys`,
    `drop table leadhooks_former_api_keys`,
    // The keys of all organizations that somebody is to be reminded of.
    `create index leadhooks_api_keys_by_expiry on leadhooks_api_keys (expires_at)
      where expires_at is not null and revoked_at is null`,
    `create index leadhooks_api_keys_to_rotate on leadhooks_api_keys (id)
      where rotate_every_days is not null and revoked_at is null`,
    // The list of an organization's keys.
    `create index leadhooks_api_keys_by_age on leadhooks_api_keys (organization_id, created_at, id)`,

    // How often any key was changed: whoever caches keys looks at it. That a key was used is no change.
    `create table leadhooks_api_key_changes (changes integer not null) strict`,
    `insert into leadhooks_api_key_changes values (0)`,
    `create trigger leadhooks_api_key_changed after update of organization_id, name, description, environment, role, permissions,
        enabled, allowed_ips, rate_limits, tags, metadata, owner_id, rotate_every_days, expires_at, rotated_at, revoked_at
      on leadhooks_api_keys begin update leadhooks_api_key_changes set changes = changes + 1; end`,
    `create trigger leadhooks_api_key_deleted after delete on leadhooks_api_keys
      begin update leadhooks_api_key_changes set changes = changes + 1; end`,

    // How often each key was used, added up by minute, hour and day as it is written.
    `create table leadhooks_api_key_usage (
      organization_id text not null,
      api_key_id text not null,
      "interval" text not null,
      starts_at integer not null,
      outcome text not null,
      route text not null,
      count integer not null,
      primary key (api_key_id, "interval", starts_at, outcome, route)
    ) strict, without rowid`,
    // What is old enough to be removed.
    `create index leadhooks_api_key_usage_by_time on leadhooks_api_key_usage ("interval", starts_at)`,
  ],
}
