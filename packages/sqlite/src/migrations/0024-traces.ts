import type { Migration } from '@leadhooks/sql'

export const traces: Migration = {
  version: 24,
  name: 'traces',
  mode: 'transactional',
  locks: 'The file, for writing, for an instant: columns without a rewrite.',
  statements: [
    'alter table leadhooks_webhooks add column trace_context integer not null default 0',
    'alter table leadhooks_events add column traceparent text',
  ],
}
