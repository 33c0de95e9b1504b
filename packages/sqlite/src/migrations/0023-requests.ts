import type { Migration } from '@leadhooks/sql'

export const requests: Migration = {
  version: 23,
  name: 'requests',
  mode: 'transactional',
  locks:
    'Makes a new table only: holds the lock for writing to the file for some milliseconds, whatever its size.',
  statements: [
    // Requests to the management API that carry a key, and what they were answered.
    `create table leadhooks_requests (
      organization_id text not null,
      route text not null,
      key text not null,
      fingerprint text not null,
      holder text not null,
      -- Null as long as the holder sees to it.
      answer text,
      -- When its lease, or the time of the answer, is over.
      kept_until integer not null,
      primary key (organization_id, route, key)
    ) strict, without rowid`,
    `create index leadhooks_requests_kept_until on leadhooks_requests (kept_until)`,
  ],
}
