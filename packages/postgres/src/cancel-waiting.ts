import type { WaitingDeliveries } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { moveToFinished } from './finished-deliveries.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'

const cancel = statement(`
  with input as (select ${nowOr('$1')} as now),
  unfinished as (
    delete from leadhooks.queue using input
    where (lease is null or leased_until <= input.now) and id = any(array(
      select queue.id from input cross join leadhooks.queue
      join leadhooks.webhooks as webhook on webhook.id = queue.webhook_id
      where webhook.organization_id = $2::text and queue.webhook_id = $3::text
        and (queue.lease is null or queue.leased_until <= input.now) and queue.created_at < coalesce($4::timestamptz, 'infinity')
      order by queue.due_at, queue.id limit $5::integer
    ))
    returning queue.*
  ), lost as (
    insert into leadhooks.attempts (delivery_id, number, started_at, outcome)
    select id, attempts + 1, leased_at, 'lost' from unfinished where lease is not null
    on conflict do nothing
  ), moved as (
    ${moveToFinished('unfinished', { status: `'cancelled'`, reason: `'by_user'`, isLost: 'lease is not null' })}
    returning 1
  )
  select count(*)::integer as cancelled from moved`)

/** Ends what waits for a webhook and no worker has; answers how many. */
export async function cancelWaiting(
  database: Database,
  { organizationId, webhookId, createdBefore, limit }: WaitingDeliveries,
  now: Date | null,
): Promise<number> {
  const values = [now, organizationId, webhookId, createdBefore, limit]
  const [row] = await database.rows<{ cancelled: number }>(cancel, values)
  return row?.cancelled ?? 0
}
