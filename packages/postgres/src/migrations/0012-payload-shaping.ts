import type { Migration } from '@leadhooks/sql'

export const payloadShaping: Migration = {
  version: 12,
  name: 'payload-shaping',
  mode: 'transactional',
  locks:
    'The tables of webhooks and of unfinished deliveries, for some milliseconds whatever their size: columns without a rewrite.',
  statements: [
    `alter table leadhooks.webhooks
      add column format text not null default 'leadhooks',
      add column mapping jsonb`,
    // Whether there is a row in delivery_bodies: claims look there for no others.
    'alter table leadhooks.queue add column is_shaped boolean not null default false',
    // What was made for deliveries to send, be they finished or not. Null: the event's own body.
    `create table leadhooks.delivery_bodies (
      delivery_id text collate "C" primary key,
      format text not null,
      body text
    )`,
  ],
}
