import type { Migration } from '@leadhooks/sql'

export const throttles: Migration = {
  version: 26,
  name: 'throttles',
  mode: 'transactional',
  locks: 'The table of webhooks, for some milliseconds: a column goes without a rewrite. It is read once.',
  statements: [
    // Not in the table of webhooks: a row of that is read anew wherever it was written.
    `create table leadhooks.throttles (
      webhook_id text collate "C" primary key,
      -- When it will let through as many as ever, in milliseconds since the epoch.
      full_at double precision not null,
      -- How many it let through the last time.
      count integer not null
    ) with (fillfactor = 50)`,
    `insert into leadhooks.throttles (webhook_id, full_at, count)
      select id, throttle_full_at, 0 from leadhooks.webhooks where throttle_full_at is not null`,
    `alter table leadhooks.webhooks drop column throttle_full_at`,
    // However a webhook goes.
    `create function leadhooks.forget_throttle() returns trigger language plpgsql as $$
      begin
        delete from leadhooks.throttles where webhook_id = old.id;
        return null;
      end $$`,
    `create trigger forget_throttle after delete on leadhooks.webhooks
      for each row execute function leadhooks.forget_throttle()`,
  ],
}
