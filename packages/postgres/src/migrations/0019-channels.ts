import type { Migration } from '@leadhooks/sql'
import { takesEvents } from '../webhook-readiness.ts'
import { type DispatchParts, dispatchTo } from './0002-dispatch-event.ts'

const former = 'leadhooks.dispatch_event_without_channels(text, text, json, text)'
const current = 'leadhooks.dispatch_event(text, text, json, text, text[])'

export const withChannels: DispatchParts = {
  parameter: ', channels text[] default null',
  checks: `
    if cardinality(dispatch_event.channels) > 10 then
      raise exception 'an event has at most 10 channels' using errcode = '22023';
    end if;
    if exists (select from unnest(dispatch_event.channels) as channel (name) where (name ~ '^[A-Za-z0-9._:-]{1,128}$') is not true) then
      raise exception 'a channel must be 1 to 128 letters, digits, ".", "_", ":" or "-"' using errcode = '22023';
    end if;
`,
  column: ', channels',
  value: `, (select jsonb_agg(distinct name) from unnest(dispatch_event.channels) as channel (name))`,
  matches: `
      and (webhook.channels = '[]' or jsonb_exists_any(webhook.channels, dispatch_event.channels))`,
  queueColumns: '',
  queueValues: '',
}

/** Whoever may call the one function may call the other. */
export const passOnRights = (former: string, current: string): string => `
  do $rights$
  declare
    grantee text;
  begin
    for grantee in
      select case when acl.grantee = 0 then 'public' else acl.grantee::regrole::text end
      from pg_proc, aclexplode(proacl) as acl
      where pg_proc.oid = '${former}'::regprocedure and acl.privilege_type = 'EXECUTE'
    loop
      execute 'grant execute on function ${current} to ' || grantee;
    end loop;
  end
  $rights$`

export const channels: Migration = {
  version: 19,
  name: 'channels',
  mode: 'transactional',
  locks:
    'The tables of webhooks and events, for some milliseconds whatever their size: columns without a rewrite.',
  statements: [
    `alter table leadhooks.webhooks add column channels jsonb not null default '[]'`,
    // Null: none. It takes no room then.
    `alter table leadhooks.events add column channels jsonb`,
    `alter function leadhooks.dispatch_event(text, text, json, text) rename to dispatch_event_without_channels`,
    dispatchTo(takesEvents, withChannels),
    `revoke all on function ${current} from public`,
    passOnRights(former, current),
    `drop function ${former}`,
  ],
}
