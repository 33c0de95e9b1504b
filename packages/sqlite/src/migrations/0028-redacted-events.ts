import type { Migration } from '@leadhooks/sql'

export const redactedEvents: Migration = {
  version: 28,
  name: 'redacted-events',
  mode: 'transactional',
  locks:
    'The file, for writing, while the events are read for an index of few rows: about a second for every million.',
  statements: [
    // Bulk replays pass them over.
    `create index leadhooks_redacted_events on leadhooks_events (organization_id, id) where body = ''`,
  ],
}
