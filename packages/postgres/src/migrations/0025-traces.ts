import type { Migration } from '@leadhooks/sql'

export const traces: Migration = {
  version: 25,
  name: 'traces',
  mode: 'transactional',
  locks: 'The tables of webhooks and of events: columns without a rewrite.',
  statements: [
    `alter table leadhooks.webhooks add column trace_context boolean not null default false`,
    `alter table leadhooks.events add column traceparent text`,
  ],
}
