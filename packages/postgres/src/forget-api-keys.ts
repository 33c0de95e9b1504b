import type { Database } from './database.ts'
import { statement } from './statement.ts'

/** The counts of their use first: a key may have more of them than one statement is to remove. */
const forget = statement(`
  with ended as materialized (
    (select id from leadhooks.api_keys where revoked_at is not null and revoked_at < $1::timestamptz limit $2::integer)
    union all
    (select id from leadhooks.api_keys
      where expires_at is not null and revoked_at is null and expires_at < $1::timestamptz limit $2::integer)
  ), counted as materialized (
    select ctid as place from leadhooks.api_key_usage where api_key_id = any(array(select id from ended)) limit $2::integer
  ), usage as (
    delete from leadhooks.api_key_usage where ctid = any(array(select place from counted)) returning 1
  ), over as materialized (
    select id from ended where not exists (select from counted)
  ), former as materialized (
    select hash from leadhooks.api_key_tokens where ends_at is not null and ends_at < $1::timestamptz limit $2::integer
  ), tokens as (
    delete from leadhooks.api_key_tokens
    where hash = any(array(select hash from former)) or api_key_id = any(array(select id from over)) returning 1
  ), keys as (
    delete from leadhooks.api_keys where id = any(array(select id from over)) returning 1
  )
  select (select count(*) from usage) + (select count(*) from tokens) + (select count(*) from keys) as removed`)

/** Answers how many rows it removed. */
export async function forgetApiKeys(
  database: Database,
  { endedBefore, limit }: { endedBefore: Date; limit: number },
): Promise<number> {
  const [row] = await database.rowsPlannedAnew<{ removed: string | number }>(forget, [endedBefore, limit])
  return Number(row?.removed ?? 0)
}
