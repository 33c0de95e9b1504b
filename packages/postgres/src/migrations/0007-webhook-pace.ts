import type { Migration } from '@leadhooks/sql'

export const webhookPace: Migration = {
  version: 7,
  name: 'webhook-pace',
  mode: 'transactional',
  locks:
    'The table of webhooks, for some milliseconds whatever its size: columns without a rewrite, and a small index.',
  statements: [
    `alter table leadhooks.webhooks
      add column throttle jsonb,
      add column throttle_full_at double precision,
      add column maintenance jsonb not null default '[]',
      add column authentication_type text,
      add column sealed_authentication text`,
    // The webhooks whose wait has just ended.
    `create index webhooks_by_wait on leadhooks.webhooks (waits_until) where waits_until is not null`,
  ],
}
