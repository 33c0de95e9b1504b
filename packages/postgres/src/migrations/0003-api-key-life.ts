import type { Migration } from '@leadhooks/sql'

export const apiKeyLife: Migration = {
  version: 3,
  name: 'api-key-life',
  mode: 'transactional',
  locks:
    'The table of API keys, for as long as it takes to copy one hash of each: some milliseconds for every thousand keys. Nothing else.',
  statements: [
    // The tokens of a key: its current one, and those before it, each until it ends.
    `create table leadhooks.api_key_tokens (
      hash text collate "C" primary key,
      api_key_id text collate "C" not null,
      ends_at timestamptz(3)
    )`,
    `insert into leadhooks.api_key_tokens (hash, api_key_id) select hash, id from leadhooks.api_keys`,
    `alter table leadhooks.api_keys drop column hash`,
    // A rotation ends the current token of a key.
    `create unique index api_key_tokens_current on leadhooks.api_key_tokens (api_key_id) where ends_at is null`,

    // Constant defaults: no row is written anew.
    `alter table leadhooks.api_keys
      add column enabled boolean not null default true,
      add column allowed_ips jsonb not null default '[]',
      add column rate_limits jsonb,
      add column tags jsonb not null default '[]',
      add column metadata jsonb not null default '{}',
      add column owner_id text,
      add column rotate_every_days integer,
      add column rotated_at timestamptz(3),
      add column grace_ends_at timestamptz(3),
      add column last_used_at timestamptz(3),
      add column last_used_ip text,
      add column last_used_user_agent text,
      -- Which expiry, and which token's age, somebody was reminded of.
      add column expiry_told_for timestamptz(3),
      add column rotation_told_for timestamptz(3)`,
    // The keys of all organizations that somebody is to be reminded of.
    `create index api_keys_by_expiry on leadhooks.api_keys (expires_at) where expires_at is not null and revoked_at is null`,
    `create index api_keys_to_rotate on leadhooks.api_keys (id) where rotate_every_days is not null and revoked_at is null`,

    // Whoever caches keys hears of every change, whoever makes it; that a key was used is none.
    `create function leadhooks.tell_of_api_key() returns trigger language plpgsql as $$
      begin
        perform pg_catalog.pg_notify(tg_table_schema || '.api_keys', old.id);
        return null;
      end $$`,
    `create trigger tell_of_change after delete or update of organization_id, name, description, environment, role, permissions,
        enabled, allowed_ips, rate_limits, tags, metadata, owner_id, rotate_every_days, expires_at, rotated_at, revoked_at
      on leadhooks.api_keys for each row execute function leadhooks.tell_of_api_key()`,

    // How often each key was used, added up by minute, hour and day as it is written. No foreign key: it would lock the key.
    `create table leadhooks.api_key_usage (
      organization_id text collate "C" not null,
      api_key_id text collate "C" not null,
      "interval" text collate "C" not null,
      starts_at timestamptz(3) not null,
      outcome text collate "C" not null,
      route text collate "C" not null,
      count bigint not null,
      primary key (api_key_id, "interval", starts_at, outcome, route)
    ) with (fillfactor = 80)`,
    // What is old enough to be removed.
    `create index api_key_usage_by_time on leadhooks.api_key_usage ("interval", starts_at)`,
  ],
}
