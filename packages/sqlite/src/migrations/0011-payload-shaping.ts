import type { Migration } from '@leadhooks/sql'

export const payloadShaping: Migration = {
  version: 11,
  name: 'payload-shaping',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: columns without a rewrite, and a new table.',
  statements: [
    `alter table leadhooks_webhooks add column format text not null default 'leadhooks'`,
    'alter table leadhooks_webhooks add column mapping text',
    // What was made for deliveries to send, be they finished or not. Null: the event's own body. Bodies are long: the key has a tree
    // of its own, and a look for one that is not there reads none of them.
    `create table leadhooks_delivery_bodies (
      delivery_id text not null primary key,
      format text not null,
      body text
    ) strict`,
  ],
}
