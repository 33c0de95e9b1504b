import type { Migration } from '@leadhooks/sql'

export const requests: Migration = {
  version: 24,
  name: 'requests',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes a new table.',
  statements: [
    // Requests to the management API that carry a key, and what they were answered.
    `create table leadhooks.requests (
      organization_id text collate "C" not null,
      route text not null,
      key text collate "C" not null,
      fingerprint text not null,
      holder text not null,
      -- Null as long as the holder sees to it.
      answer text,
      -- When its lease, or the time of the answer, is over.
      kept_until timestamptz not null,
      primary key (organization_id, route, key)
    )`,
    `create index requests_kept_until on leadhooks.requests (kept_until)`,
  ],
}
