import type { GivenUp } from '@leadhooks/core/storage'
import { givenUpColumns, type GivenUpRow, readGivenUp } from '@leadhooks/sql'
import { noteGivenUp } from './note-facts.ts'
import type { Database } from './database.ts'
import { moveToFinished } from './finished-deliveries.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'

/** Goes through everything that waits, once a minute by one process: cheaper than an index by age that every dispatch pays for. */
const expire = statement(`
  with input as (select ${nowOr('$1')} as now),
  expired as (
    delete from leadhooks.queue
    where id = any(array(
      select queue.id from input cross join leadhooks.queue
      join leadhooks.webhooks as webhook on webhook.id = queue.webhook_id
      where queue.created_at <= input.now - coalesce(webhook.max_age_ms, $2::float8) * interval '1 millisecond'
        and (queue.lease is null or queue.leased_until <= input.now)
      limit $3::integer
      for update of queue skip locked))
    returning *
  ), lost as (
    insert into leadhooks.attempts (delivery_id, number, started_at, outcome)
    select id, attempts + 1, leased_at, 'lost' from expired where lease is not null
    on conflict do nothing
  ), moved as (
    ${moveToFinished('expired', { status: `'dead_letter'`, reason: `'expired'`, isLost: 'lease is not null' })}
    returning ${givenUpColumns}
  ), noted as (
    ${noteGivenUp('moved', 'expired')}
  )
  select * from moved`)

export async function expireDeliveries(
  database: Database,
  { now, limit, defaultMaxAgeMs }: { now: Date | null; limit: number; defaultMaxAgeMs: number },
): Promise<GivenUp[]> {
  const rows = await database.rows<GivenUpRow>(expire, [now, defaultMaxAgeMs, limit])
  return rows.map(readGivenUp)
}
