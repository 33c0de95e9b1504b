import type { ApiKeyUsageCount, ApiKeyUse, Scoped } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

/**
 * Both lock their rows in the order of the keys, so that of two processes that write at once none waits for the other in a
 * circle. Several uses of a key come as one: the last.
 */
const noteUses = statement(`
  with used as materialized (
    select key.id, used.used_at, used.ip, used.user_agent
    from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
      as used (organization_id, id, used_at, ip, user_agent)
    join leadhooks.api_keys as key using (organization_id, id)
    order by key.id for no key update of key
  )
  update leadhooks.api_keys as key
  set last_used_at = used.used_at, last_used_ip = used.ip, last_used_user_agent = used.user_agent
  from used where key.id = used.id and (key.last_used_at is null or key.last_used_at <= used.used_at)`)

const addCounts = statement(`
  insert into leadhooks.api_key_usage (organization_id, api_key_id, "interval", starts_at, outcome, route, count)
  select organization_id, id, "interval", starts_at, outcome, route, sum(count)
  from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::bigint[])
    as added (organization_id, id, "interval", starts_at, outcome, route, count)
  join leadhooks.api_keys using (organization_id, id)
  group by organization_id, id, "interval", starts_at, outcome, route
  order by id, "interval", starts_at, outcome, route
  on conflict (api_key_id, "interval", starts_at, outcome, route) do update set count = api_key_usage.count + excluded.count`)

export async function recordApiKeyUsage(
  database: Database,
  uses: readonly ApiKeyUse[],
  counts: readonly ApiKeyUsageCount[],
): Promise<void> {
  await database.transaction(async (session) => {
    const last = lastOfEach(uses)
    if (last.length > 0) await session.rows(noteUses, useColumns(last))
    if (counts.length > 0) await session.rows(addCounts, countColumns(counts))
  })
}

function lastOfEach(uses: readonly ApiKeyUse[]): ApiKeyUse[] {
  const last = new Map<string, ApiKeyUse>()
  for (const use of uses) {
    const known = last.get(use.id)
    if (known === undefined || known.usedAt <= use.usedAt) last.set(use.id, use)
  }
  return [...last.values()]
}

function useColumns(uses: readonly ApiKeyUse[]): unknown[] {
  return [
    ...keyColumns(uses),
    uses.map((use) => use.usedAt),
    uses.map((use) => use.ip),
    uses.map((use) => use.userAgent),
  ]
}

function countColumns(counts: readonly ApiKeyUsageCount[]): unknown[] {
  return [
    ...keyColumns(counts),
    counts.map(({ interval }) => interval),
    counts.map(({ startsAt }) => startsAt),
    counts.map(({ outcome }) => outcome),
    counts.map(({ route }) => route),
    counts.map(({ count }) => count),
  ]
}

function keyColumns(rows: readonly Scoped[]): unknown[] {
  return [rows.map(({ organizationId }) => organizationId), rows.map(({ id }) => id)]
}
