import type { Migration } from '@leadhooks/sql'

export const ordering: Migration = {
  version: 22,
  name: 'ordering',
  mode: 'transactional',
  locks:
    'The tables of webhooks, events and the queue: columns without a rewrite. The queue, against writing, while it is read for three indexes of no rows: about a second for every million deliveries that are not finished.',
  statements: [
    `alter table leadhooks.webhooks add column ordered boolean not null default false`,
    `alter table leadhooks.events add column ordering_key text`,

    // Numbers the dispatches of deliveries that are in an order; what lies between two of them is for the events of one statement. A
    // sequence makes no transaction wait for another.
    `create sequence leadhooks.places increment by 1000000`,
    `alter table leadhooks.queue
      add column ordering_key text collate "C",
      add column place bigint,
      -- Of the deliveries of a key to a webhook one has its turn, from its first claim until it is finished. Null for all others.
      add column has_turn boolean`,
    // Those of a key, in their order. Whoever is behind is parked: due at infinity, where no claim looks.
    `create index queue_order on leadhooks.queue (webhook_id, ordering_key, place) where ordering_key is not null`,
    // Those that are not parked yet.
    `create index queue_not_parked on leadhooks.queue (webhook_id, ordering_key, place)
      where ordering_key is not null and due_at < 'infinity'`,
    `create unique index queue_turns on leadhooks.queue (webhook_id, ordering_key) where has_turn`,

    // However a delivery ends, the next one goes: no statement can forget to see to it. Each statement in here sees what was committed
    // before it began, so that nobody who was parked meanwhile is missed (see take-turns.ts). A row that somebody is just removing
    // is passed over: that lets the next one go, too.
    `create function leadhooks.let_next_go() returns trigger language plpgsql as $$
      begin
        update leadhooks.queue set due_at = queue.created_at
        from (
          select id, due_at from leadhooks.queue where webhook_id = old.webhook_id and ordering_key = old.ordering_key
          order by place limit 1 for no key update skip locked
        ) as first
        where queue.id = first.id and first.due_at = 'infinity';
        return null;
      end $$`,
    `create trigger let_next_go after delete on leadhooks.queue
      for each row when (old.ordering_key is not null) execute function leadhooks.let_next_go()`,
  ],
}
