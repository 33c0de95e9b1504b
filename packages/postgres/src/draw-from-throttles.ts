import type { ThrottleDraw } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'
import { isSending } from './webhook-readiness.ts'

/** Milliseconds of today are kept to about a ten-thousandth: less than this is no difference. */
const epsilonMs = 0.001

/** What comes of a draw from a bucket that will be full at that time, as `drawTokens` of core has it. The time is that at which the row is locked. */
const drawn = (fullAt: string): string => `
  select full_at + count * per_token, count from (
    select full_at, per_token,
      least(wanted, greatest(0, floor((now + per_ms - full_at + ${epsilonMs}) / per_token))) as count
    from (
      select now, per_ms / requests as per_token, least(greatest(${fullAt}, now), now + per_ms) as full_at
      from (select extract(epoch from coalesce($1::timestamptz, clock_timestamp()))::float8 * 1000 as now) as clock
    ) as bucket
  ) as draw`

/**
 * Rows are written in the order of their ids: no two callers wait for each other in a circle. `count` is there to be answered.
 * Waits are written to those webhooks that nobody else has a hand on; of another one the next claim asks again.
 */
const draw = statement(`
  with input as (select ${nowOr('$1')} as now),
  asked as (
    select webhook.id, wanted, (throttle ->> 'requests')::float8 as requests, (throttle ->> 'perMs')::float8 as per_ms,
      wanted < 0 or (circuit_state = 'closed' and ${isSending('input.now')}) as is_open
    from input cross join unnest($2::text[], $3::text[], $4::integer[]) as asked (organization_id, id, wanted)
    join leadhooks.webhooks as webhook on webhook.id = asked.id and webhook.organization_id = asked.organization_id
  ), drawn as (
    insert into leadhooks.throttles as throttle (webhook_id, full_at, count)
    select id, bucket.* from asked cross join lateral (${drawn('now')}) as bucket (full_at, count)
    where is_open and requests is not null order by id
    on conflict (webhook_id) do update set (full_at, count) = (
      select bucket.* from asked cross join lateral (${drawn('throttle.full_at')}) as bucket where id = excluded.webhook_id)
    returning webhook_id as id, full_at, count
  ), waiting as materialized (
    select webhook.id, case when wanted > 0 then
      to_timestamp(ceil(full_at + per_ms / requests - per_ms - ${epsilonMs}) / 1000) end as waits_until
    from input cross join drawn join asked using (id) join leadhooks.webhooks as webhook using (id)
    where case when wanted > 0 then count < wanted and ${isSending('input.now')} else waits_for = 'throttled' end
    order by webhook.id for no key update of webhook skip locked
  ), told as (
    update leadhooks.webhooks as webhook
    set waits_until = waiting.waits_until, waits_for = case when waiting.waits_until is not null then 'throttled' end
    from waiting where webhook.id = waiting.id
  )
  select id, case when not is_open then 0 else coalesce(drawn.count, wanted) end as count
  from asked left join drawn using (id)`)

/** Lets through what throttles have left; answers how many of each. */
export async function drawFromThrottles(
  database: Database,
  draws: readonly ThrottleDraw[],
  now: Date | null,
): Promise<number[]> {
  const rows = await database.rows<{ id: string; count: number }>(draw, [
    now,
    draws.map(({ organizationId }) => organizationId),
    draws.map(({ id }) => id),
    draws.map(({ wanted }) => wanted),
  ])
  const counts = new Map(rows.map(({ id, count }) => [id, count]))
  return draws.map(({ id }) => counts.get(id) ?? 0)
}
