import type { Migration } from '@leadhooks/sql'
import { subscribe, unsubscribe } from './0001-initial.ts'

/** One that was switched off by what its receiver did takes events all the same: they wait. */
const takes = `(new.enabled or new.disabled_reason <> 'by_user')`

export const webhookHealth: Migration = {
  version: 5,
  name: 'webhook-health',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: columns without a rewrite, and a small index.',
  statements: [
    ...[
      'circuit text',
      'auto_disable text',
      `circuit_state text not null default 'closed'`,
      // Claims pass over a webhook until then.
      'waits_until integer',
      'waits_for text',
      'health text',
      'rotate_secret_every_days integer',
      'rotate_secret_at integer',
      'secret_rotated_at integer',
      'sealed_previous_secret text',
      'previous_secret_ends_at integer',
    ].map((column) => `alter table leadhooks_webhooks add column ${column}`),
    `create index leadhooks_webhooks_by_rotation on leadhooks_webhooks (rotate_secret_at)
      where rotate_secret_at is not null`,
    'drop trigger leadhooks_webhook_inserted',
    `create trigger leadhooks_webhook_inserted after insert on leadhooks_webhooks begin
      ${subscribe(takes)}
    end`,
    'drop trigger leadhooks_webhook_updated',
    `create trigger leadhooks_webhook_updated after update of event_types, enabled, disabled_reason on leadhooks_webhooks begin
      ${unsubscribe}
      ${subscribe(takes)}
    end`,
  ],
}
