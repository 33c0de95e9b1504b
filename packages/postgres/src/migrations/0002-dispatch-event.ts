import type { Migration } from '@leadhooks/sql'

const ulid = `
  create function leadhooks.new_ulid(at timestamptz) returns text
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $ulid$
  declare
    alphabet constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    rest bigint := floor(extract(epoch from at) * 1000);
    bytes constant bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    places constant integer[] := array[0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];
    ulid text := '';
  begin
    for i in 1..10 loop
      ulid := substr(alphabet, (rest % 32)::integer + 1, 1) || ulid;
      rest := rest / 32;
    end loop;
    -- Bytes 6 and 8 of a random UUID hold its version: these are all random.
    for i in 0..15 loop
      ulid := ulid || substr(alphabet, (get_byte(bytes, places[i + 1]) & 31) + 1, 1);
    end loop;
    return ulid;
  end
  $ulid$`

/** Text that is added to the function, at one place each. */
export interface DispatchParts {
  parameter: string
  checks: string
  column: string
  value: string
  matches: string
  /** Of its deliveries. */
  queueColumns: string
  queueValues: string
}

const nothingMore: DispatchParts = {
  parameter: '',
  checks: '',
  column: '',
  value: '',
  matches: '',
  queueColumns: '',
  queueValues: '',
}

/**
 * The same as `dispatchEvent` in SQL. It runs with the rights of its owner, so that a role needs none on the tables, and with
 * a search path of its own, so that no table or operator of the caller's can take the place of ours. `takers` tells which webhooks
 * get deliveries at all; `more` is what a later version adds.
 */
export const dispatchTo = (takers: string, more: DispatchParts = nothingMore): string => `
  create or replace function leadhooks.dispatch_event(organization_id text, type text, data json, id text default null${more.parameter})
  returns table (event_id text, deliveries integer, duplicate boolean)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
  set standard_conforming_strings = on as $dispatch$
  #variable_conflict use_column
  declare
    organization constant text collate "C" := dispatch_event.organization_id;
    dispatched_at constant timestamptz(3) := date_trunc('milliseconds', statement_timestamp());
    new_id constant text collate "C" := coalesce(dispatch_event.id, 'evt_' || leadhooks.new_ulid(dispatched_at));
    id_start constant text := 'dlv_' || left(leadhooks.new_ulid(dispatched_at), 22);
    brackets text := regexp_replace(dispatch_event.data::text, '"(\\\\.|[^"\\\\])*"|[^]{}[]', '', 'g');
    patterns text[] := array[dispatch_event.type];
    group_name text := dispatch_event.type;
    body text;
    is_new boolean;
    made integer;
  begin
    if dispatch_event.organization_id is null or dispatch_event.organization_id = '' or length(dispatch_event.organization_id) > 128 then
      raise exception 'organization_id must have 1 to 128 characters' using errcode = '22023';
    end if;
    if dispatch_event.type is null or dispatch_event.type !~ '^[A-Za-z0-9_]+([.][A-Za-z0-9_]+)*$' or length(dispatch_event.type) > 128 then
      raise exception 'type must be words of letters, digits and "_", joined by "."' using errcode = '22023';
    end if;
    if new_id !~ '^[A-Za-z0-9_-]{1,128}$' then
      raise exception 'id must be 1 to 128 letters, digits, "_" or "-"' using errcode = '22023';
    end if;
    if dispatch_event.data is null then
      raise exception 'data must be JSON, got null' using errcode = '22004';
    end if;
${more.checks}    -- Throws for what is JSON and still cannot be kept: an escaped NUL, half of a surrogate pair.
    perform dispatch_event.data::jsonb;
    -- Each round takes away the innermost level.
    for level in 1..64 loop
      exit when brackets = '';
      brackets := replace(replace(brackets, '[]', ''), '{}', '');
    end loop;
    if brackets <> '' then
      raise exception 'data is nested deeper than 64 levels' using errcode = '54000';
    end if;
    body := '{"id":' || to_json(new_id) || ',"event":' || to_json(dispatch_event.type)
      || ',"timestamp":' || to_json(to_char(dispatched_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      || ',"data":' || dispatch_event.data || '}';
    if octet_length(body) > 262144 then
      raise exception 'the event has % bytes, the limit is 262144', octet_length(body) using errcode = '54000';
    end if;

    while group_name like '%.%' loop
      group_name := regexp_replace(group_name, '[.][^.]*$', '');
      patterns := patterns || (group_name || '.*');
    end loop;

    insert into leadhooks.events as stored (organization_id, id, type, created_at, deliveries, body${more.column})
    values (organization, new_id, dispatch_event.type, dispatched_at, id_start, body${more.value})
    on conflict (organization_id, id) do update set id = stored.id
    returning xmax = 0 into is_new;
    if not is_new then
      return query values (new_id, 0, true);
      return;
    end if;

    insert into leadhooks.queue (id, organization_id, webhook_id, event_id, due_at, created_at${more.queueColumns})
    select id_start || lpad(upper(to_hex(row_number() over ())), 4, '0'), webhook.organization_id, webhook.id, new_id,
      dispatched_at, dispatched_at${more.queueValues}
    from leadhooks.webhooks as webhook
    where webhook.organization_id = organization and ${takers}
      and (webhook.event_types = '[]' or jsonb_exists_any(webhook.event_types, patterns))${more.matches};
    get diagnostics made = row_count;
    if made > 0 and exists (select from leadhooks.listeners where wants_notices) then
      perform pg_notify('leadhooks.work', '');
    end if;
    return query values (new_id, made, false);
  end
  $dispatch$`

/** For triggers, and for whatever writes to the database without JavaScript. */
export const dispatchEventFunction: Migration = {
  version: 2,
  name: 'dispatch_event',
  mode: 'transactional',
  locks: 'Nothing that is there before: it makes functions.',
  statements: [
    ulid,
    `revoke all on function leadhooks.new_ulid(timestamptz) from public`,
    dispatchTo('webhook.enabled'),
    `revoke all on function leadhooks.dispatch_event(text, text, json, text) from public`,
  ],
}
