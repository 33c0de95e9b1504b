import type { Migration } from '@leadhooks/sql'

/**
 * Ids compare byte by byte (`collate "C"`): that is quick, and the same on every server. Times have milliseconds, as JavaScript
 * has. Bodies are text and never jsonb: they go out byte for byte.
 */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes a schema with new tables.',
  statements: [
    `create table leadhooks.organizations (
      id text collate "C" primary key,
      name text,
      created_at timestamptz(3) not null
    )`,
    // The list of organizations.
    `create index organizations_by_age on leadhooks.organizations (created_at, id)`,

    `create table leadhooks.api_keys (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      name text not null,
      description text,
      environment text not null,
      role text,
      permissions jsonb not null,
      start text not null,
      last4 text not null,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3),
      revoked_at timestamptz(3),
      revoked_reason text,
      hash text collate "C" not null unique
    )`,
    // The list of an organization's keys.
    `create index api_keys_by_age on leadhooks.api_keys (organization_id, created_at, id)`,

    `create table leadhooks.webhooks (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      name text,
      description text,
      url text not null,
      event_types jsonb not null,
      header_names jsonb not null,
      body_signature text not null,
      retry jsonb,
      timeout_ms double precision,
      concurrency integer,
      enabled boolean not null,
      disabled_reason text,
      disabled_at timestamptz(3),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      sealed_secret text not null,
      sealed_headers text,
      max_age_ms double precision
    )`,
    // The list of an organization's webhooks, and those that a dispatch looks through.
    `create index webhooks_by_age on leadhooks.webhooks (organization_id, created_at, id)`,

    `create table leadhooks.events (
      organization_id text collate "C" not null,
      id text collate "C" not null,
      type text not null,
      created_at timestamptz(3) not null,
      -- How the ids of the deliveries begin that its dispatch made.
      deliveries text collate "C" not null,
      body text not null,
      primary key (organization_id, id)
    )`,
    // The list of an organization's events.
    `create index events_by_age on leadhooks.events (organization_id, created_at, id)`,

    // The deliveries that are not finished: what is claimed never lies among what is done with, so that a claim costs the
    // same however much that is. A finished one moves to the table deliveries.
    //
    // A claim writes the lease, which no index holds, into a page with room for it (fillfactor 40: all rows of a page are
    // often claimed at once, and each needs place for a second, longer version): a HOT update, which touches no index. The
    // versions that claims and settlements leave behind pile up quickly and are cheap to remove, hence autovacuum comes
    // after a thousand of them and takes no rest.
    `create table leadhooks.queue (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      webhook_id text collate "C" not null,
      event_id text collate "C" not null,
      status text not null default 'pending',
      attempts integer not null default 0,
      due_at timestamptz(3) not null,
      created_at timestamptz(3) not null,
      status_code integer,
      failure text,
      replay_of text collate "C",
      replay_root text collate "C",
      -- Who holds it: the fencing token of the claim, null when nobody does.
      lease uuid,
      leased_at timestamptz(3),
      leased_until timestamptz(3),
      -- How many workers in a row vanished while they held it.
      lapses integer not null default 0
    ) with (
      fillfactor = 40,
      autovacuum_vacuum_scale_factor = 0,
      autovacuum_vacuum_threshold = 1000,
      autovacuum_vacuum_cost_delay = 0,
      autovacuum_analyze_scale_factor = 0,
      autovacuum_analyze_threshold = 10000
    )`,
    // What is due, by webhook: claims walk it.
    `create index queue_lanes on leadhooks.queue (webhook_id, due_at, id)`,
    // What has fallen due since the last look: tells at once that nothing has, however much waits.
    `create index queue_by_due_time on leadhooks.queue (due_at)`,
    // The list of an organization's deliveries.
    `create index queue_by_age on leadhooks.queue (organization_id, created_at, id)`,
    // The list of an event's deliveries, but for those that its dispatch made, whose ids tell.
    `create index queue_replays on leadhooks.queue (organization_id, event_id) where replay_of is not null`,

    // Which deliveries were claimed together, and when to look whether all leases were ended or renewed: finds the lapsed
    // ones without an index on the leases themselves.
    `create table leadhooks.claims (
      key bigint generated always as identity primary key,
      look_at timestamptz(3) not null,
      delivery_ids text[] collate "C" not null
    )`,
    `create index claims_by_time on leadhooks.claims (look_at)`,

    // The deliveries that are finished. Rows only ever come, and go when they are old.
    `create table leadhooks.deliveries (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      webhook_id text collate "C" not null,
      event_id text collate "C" not null,
      event_type text not null,
      status text not null,
      reason text,
      attempts integer not null,
      -- Always null: lists read both tables by the same columns.
      next_attempt_at timestamptz(3),
      status_code integer,
      failure text,
      replay_of text collate "C",
      replay_root text collate "C",
      created_at timestamptz(3) not null,
      finished_at timestamptz(3) not null,
      resolved_at timestamptz(3)
    )`,
    // The list of an organization's deliveries.
    `create index deliveries_by_age on leadhooks.deliveries (organization_id, created_at, id)`,
    // The list of a webhook's deliveries.
    `create index deliveries_by_webhook on leadhooks.deliveries (webhook_id, created_at, id)`,
    // The lists by status. Most deliveries end delivered, and are found well enough in the list of all.
    `create index deliveries_by_status on leadhooks.deliveries (organization_id, status, created_at, id)
      where status <> 'delivered'`,
    `create index deliveries_replays on leadhooks.deliveries (organization_id, event_id) where replay_of is not null`,

    `create table leadhooks.attempts (
      delivery_id text collate "C" not null,
      number integer not null,
      started_at timestamptz(3) not null,
      duration_ms double precision,
      outcome text not null,
      failure text,
      message text,
      status_code integer,
      response_body text,
      primary key (delivery_id, number)
    )`,

    // The processes with a worker, and whether they want to be told of new events. Nothing is lost with it in a crash.
    `create unlogged table leadhooks.listeners (
      id text collate "C" primary key,
      wants_notices boolean not null,
      seen_at timestamptz(3) not null
    )`,

    // Who does the housekeeping.
    `create table leadhooks.duties (
      name text collate "C" primary key,
      holder text collate "C" not null,
      leased_until timestamptz(3) not null
    )`,
  ],
}
