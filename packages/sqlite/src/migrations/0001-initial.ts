import type { Migration } from '@leadhooks/sql'

/** Notes what a webhook takes, where `takes` is so. */
export const subscribe = (takes: string): string => `
  insert into leadhooks_subscriptions (organization_id, pattern, webhook_id)
  select distinct new.organization_id, value, new.id from json_each(new.event_types) where ${takes} and value <> ''
  union all
  select new.organization_id, '', new.id where ${takes} and json_array_length(new.event_types) = 0;`

export const unsubscribe = `
  delete from leadhooks_subscriptions where organization_id = old.organization_id and webhook_id = old.id;`

/**
 * Every tree that a dispatch touches costs it a written page, so it touches two and no more: the event's row and the index
 * by age. Claims, many at a time, pay for the order in which deliveries go out, and settlements for the lists of them.
 *
 * Times are milliseconds since the epoch, booleans 0 and 1. Tables keyed by text have no rowid: their rows lie in the tree
 * of the key itself.
 */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  mode: 'transactional',
  locks:
    'Makes new tables only: holds the lock for writing to the file for some milliseconds, whatever its size.',
  statements: [
    `create table leadhooks_organizations (
      id text not null primary key,
      name text,
      created_at integer not null
    ) strict, without rowid`,
    // The list of organizations.
    `create index leadhooks_organizations_by_age on leadhooks_organizations (created_at, id)`,

    `create table leadhooks_api_keys (
      id text not null primary key,
      organization_id text not null,
      name text not null,
      description text,
      environment text not null,
      role text,
      permissions text not null,
      start text not null,
      last4 text not null,
      created_at integer not null,
      expires_at integer,
      revoked_at integer,
      revoked_reason text,
      hash text not null unique
    ) strict, without rowid`,
    // The list of an organization's keys.
    `create index leadhooks_api_keys_by_age on leadhooks_api_keys (organization_id, created_at, id)`,

    `create table leadhooks_webhooks (
      organization_id text not null,
      id text not null,
      name text,
      description text,
      url text not null,
      event_types text not null,
      header_names text not null,
      body_signature text not null,
      retry text,
      timeout_ms real,
      concurrency integer,
      enabled integer not null,
      disabled_reason text,
      disabled_at integer,
      created_at integer not null,
      updated_at integer not null,
      sealed_secret text not null,
      sealed_headers text,
      max_age_ms real not null,
      primary key (organization_id, id)
    ) strict, without rowid`,
    // The list of an organization's webhooks.
    `create index leadhooks_webhooks_by_age on leadhooks_webhooks (organization_id, created_at, id)`,

    // What the enabled webhooks of an organization match, so that a dispatch finds them by one seek for each pattern. The
    // empty pattern stands for every event type. Triggers keep it: no statement that changes a webhook can forget to.
    `create table leadhooks_subscriptions (
      organization_id text not null,
      pattern text not null,
      webhook_id text not null,
      primary key (organization_id, pattern, webhook_id)
    ) strict, without rowid`,
    `create trigger leadhooks_webhook_inserted after insert on leadhooks_webhooks begin
      ${subscribe('new.enabled')}
    end`,
    `create trigger leadhooks_webhook_updated after update of event_types, enabled on leadhooks_webhooks begin
      ${unsubscribe}
      ${subscribe('new.enabled')}
    end`,
    `create trigger leadhooks_webhook_deleted after delete on leadhooks_webhooks begin
      ${unsubscribe}
    end`,

    // Bodies lie in a tree of their own, in the order of dispatch, whatever the ids are.
    `create table leadhooks_events (
      seq integer primary key,
      organization_id text not null,
      id text not null,
      type text not null,
      created_at integer not null,
      dispatched_at integer not null,
      -- [webhook id, delivery id] of each delivery that the dispatch made; null when it made none.
      deliveries text,
      body text not null,
      -- Whether the id says when the event was created, as the ids that Leadhooks makes do.
      is_dated integer not null
    ) strict`,
    // The list of an organization's events. It also finds an event by a dated id, which spares most events the next index.
    `create unique index leadhooks_events_by_age on leadhooks_events (organization_id, created_at, id)`,
    // Finds an event by an id that the host chose.
    `create unique index leadhooks_events_by_id on leadhooks_events (organization_id, id) where is_dated = 0`,

    // The last event whose deliveries were fanned out to leadhooks_fresh_deliveries. Those of later events, a few hundred at
    // most, are in the events' own rows: a dispatch writes nothing else, and the next to look for work fans them all out.
    `create table leadhooks_fan_out (seq integer not null) strict`,
    `insert into leadhooks_fan_out (seq) values (0)`,

    // Deliveries that nothing has come of yet, each of them due since it was created: the earliest of a webhook is the first
    // in its range of the tree. With its first result, a delivery moves to leadhooks_deliveries.
    `create table leadhooks_fresh_deliveries (
      organization_id text not null,
      webhook_id text not null,
      id text not null,
      event_seq integer not null,
      created_at integer not null,
      primary key (organization_id, webhook_id, id)
    ) strict, without rowid`,

    // Who holds a delivery. It is a small tree, since leases end soon, and a claim writes to nothing else.
    `create table leadhooks_leases (
      delivery_id text not null primary key,
      lease text not null,
      organization_id text not null,
      webhook_id text not null,
      event_id text not null,
      event_type text not null,
      created_at integer not null,
      -- Whether the delivery is in leadhooks_fresh_deliveries still.
      is_fresh integer not null,
      leased_at integer not null,
      leased_until integer not null
    ) strict, without rowid`,
    // Leases that have lapsed.
    `create index leadhooks_leases_by_time on leadhooks_leases (leased_until)`,

    // Delivery ids begin with the time in created_at: the order of the one is the order of the other. The key serves the
    // list of an organization's deliveries.
    `create table leadhooks_deliveries (
      organization_id text not null,
      id text not null,
      webhook_id text not null,
      event_id text not null,
      event_type text not null,
      status text not null,
      reason text,
      attempts integer not null,
      next_attempt_at integer,
      status_code integer,
      failure text,
      replay_of text,
      replay_root text,
      created_at integer not null,
      finished_at integer,
      resolved_at integer,
      -- How many workers in a row vanished while they held it.
      lapses integer not null,
      primary key (organization_id, id)
    ) strict, without rowid`,
    // The list of a webhook's deliveries.
    `create index leadhooks_deliveries_by_webhook on leadhooks_deliveries (organization_id, webhook_id, id)`,
    // The list of an event's deliveries, but for those that the event lists itself.
    `create index leadhooks_replays on leadhooks_deliveries (organization_id, event_id, id) where replay_of is not null`,
    // The lists by status, and the unfinished deliveries of a webhook that is deleted or has waited too long. Most
    // deliveries end delivered, and are found well enough in the list of all.
    `create index leadhooks_deliveries_by_status on leadhooks_deliveries (organization_id, status, id, webhook_id)
      where status <> 'delivered'`,
    // What is to be tried again, by webhook and then by when it is due.
    `create index leadhooks_waiting_deliveries on leadhooks_deliveries (organization_id, webhook_id, next_attempt_at, id)
      where next_attempt_at is not null`,
    // When the next of those is due: tells at once that none is, however many wait.
    `create index leadhooks_waiting_deliveries_by_time on leadhooks_deliveries (next_attempt_at)
      where next_attempt_at is not null`,
    // A result that comes after its delivery was cancelled knows the id only.
    `create index leadhooks_cancelled_deliveries on leadhooks_deliveries (id) where status = 'cancelled'`,

    `create table leadhooks_attempts (
      delivery_id text not null,
      number integer not null,
      started_at integer not null,
      duration_ms real,
      outcome text not null,
      failure text,
      message text,
      status_code integer,
      response_body text,
      primary key (delivery_id, number)
    ) strict, without rowid`,
  ],
}
