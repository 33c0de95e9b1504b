import type { Migration } from '@leadhooks/sql'
import { unsubscribe } from './0001-initial.ts'

/**
 * Notes what a webhook takes: its event types, each with each of its channels behind a blank. So a dispatch finds it by one seek, as
 * ever, and one without channels looks for nothing more.
 */
const subscribe = `
  insert into leadhooks_subscriptions (organization_id, pattern, webhook_id)
  select distinct new.organization_id, taken.type || taken.channel, new.id
  from (
    select type.name as type, channel.name as channel
    from (
      select value as name from json_each(new.event_types) where value <> ''
      union all select '' where json_array_length(new.event_types) = 0
    ) as type
    cross join (
      select ' ' || value as name from json_each(new.channels)
      union all select '' where json_array_length(new.channels) = 0
    ) as channel
  ) as taken
  where new.enabled or new.disabled_reason <> 'by_user';`

export const channels: Migration = {
  version: 18,
  name: 'channels',
  mode: 'transactional',
  locks: 'The file, for writing, for some milliseconds: columns without a rewrite.',
  statements: [
    `alter table leadhooks_webhooks add column channels text not null default '[]'`,
    // Null: none.
    'alter table leadhooks_events add column channels text',
    'drop trigger leadhooks_webhook_inserted',
    `create trigger leadhooks_webhook_inserted after insert on leadhooks_webhooks begin
      ${subscribe}
    end`,
    'drop trigger leadhooks_webhook_updated',
    `create trigger leadhooks_webhook_updated
      after update of event_types, channels, enabled, disabled_reason on leadhooks_webhooks begin
      ${unsubscribe}
      ${subscribe}
    end`,
  ],
}
