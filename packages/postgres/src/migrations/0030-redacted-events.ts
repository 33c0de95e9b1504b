import type { Migration } from '@leadhooks/sql'

export const redactedEvents: Migration = {
  version: 30,
  name: 'redacted-events',
  mode: 'transactional',
  locks:
    'The events, against writing, while they are read for an index of few rows: about a second for every million.',
  statements: [
    // Bulk replays pass them over.
    `create index redacted_events on leadhooks.events (organization_id, id) where body = ''`,
  ],
}
