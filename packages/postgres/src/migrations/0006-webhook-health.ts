import type { Migration } from '@leadhooks/sql'
import { dispatchTo } from './0002-dispatch-event.ts'

export const webhookHealth: Migration = {
  version: 6,
  name: 'webhook-health',
  mode: 'transactional',
  locks:
    'The table of webhooks, for some milliseconds whatever its size: columns without a rewrite, and a small index.',
  statements: [
    `alter table leadhooks.webhooks
      add column circuit jsonb,
      add column auto_disable jsonb,
      add column circuit_state text not null default 'closed',
      -- Claims pass over a webhook until then.
      add column waits_until timestamptz(3),
      add column waits_for text,
      add column health jsonb,
      add column rotate_secret_every_days integer,
      add column rotate_secret_at timestamptz(3),
      add column secret_rotated_at timestamptz(3),
      add column sealed_previous_secret text,
      add column previous_secret_ends_at timestamptz(3)`,
    `create index webhooks_by_rotation on leadhooks.webhooks (rotate_secret_at) where rotate_secret_at is not null`,
    dispatchTo(`(webhook.enabled or webhook.disabled_reason <> 'by_user')`),
  ],
}
