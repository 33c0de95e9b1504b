import type { Migration } from '@leadhooks/sql'

export const ordering: Migration = {
  version: 21,
  name: 'ordering',
  mode: 'transactional',
  locks:
    'The file, for writing: columns without a rewrite, and two indexes of no rows, for which events and deliveries are read once, about a second for every million.',
  statements: [
    'alter table leadhooks_webhooks add column ordered integer not null default 0',
    'alter table leadhooks_events add column ordering_key text',
    // Those to look through for deliveries that are in an order, when they are fanned out.
    'create index leadhooks_events_with_key on leadhooks_events (seq) where ordering_key is not null',

    // Of the deliveries of an ordering key to a webhook, the first has its turn; the others have no next_attempt_at.
    'alter table leadhooks_deliveries add column ordering_key text',
    // The seq of its event.
    'alter table leadhooks_deliveries add column place integer',
    `create index leadhooks_ordered_deliveries on leadhooks_deliveries (organization_id, webhook_id, ordering_key, place)
      where ordering_key is not null and finished_at is null`,
    // However a delivery ends, the next one goes: no statement can forget to see to it.
    `create trigger leadhooks_turn_ended after update of finished_at on leadhooks_deliveries
      when new.ordering_key is not null and new.finished_at is not null
    begin
      update leadhooks_deliveries set next_attempt_at = created_at
      where next_attempt_at is null and organization_id = new.organization_id and id = (
        select id from leadhooks_deliveries indexed by leadhooks_ordered_deliveries
        where organization_id = new.organization_id and webhook_id = new.webhook_id and ordering_key = new.ordering_key
          and ordering_key is not null and finished_at is null
        order by place limit 1);
    end`,
  ],
}
