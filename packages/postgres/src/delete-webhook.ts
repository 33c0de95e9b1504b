import type { Scoped } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { moveToFinished } from './finished-deliveries.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'

/** How many deliveries one statement cancels: none of them holds its locks for long. */
const pageSize = 5000

const remove = statement(`
  delete from leadhooks.webhooks where organization_id = $1::text and id = $2::text returning id`)

const cancel = statement(`
  with input as (select ${nowOr('$1')} as now),
  unfinished as (
    delete from leadhooks.queue
    where id = any(array(select id from leadhooks.queue where webhook_id = $2::text order by due_at, id limit ${pageSize}))
    returning *
  ), moved as (
    ${moveToFinished('unfinished', { status: `'cancelled'`, reason: `'webhook_deleted'` })}
    returning 1
  )
  select count(*)::integer as cancelled from moved`)

/**
 * Removes a webhook, and then cancels what was on its way to it, a page at a time: without its webhook a delivery counts as
 * cancelled, so that whatever comes between, none goes out.
 */
export async function deleteWebhook(
  database: Database,
  { organizationId, id }: Scoped,
  now: Date | null,
): Promise<boolean> {
  const removed = await database.rows(remove, [organizationId, id])
  if (removed.length === 0) return false
  for (let isDone = false; !isDone;) {
    const [page] = await database.rows<{ cancelled: number }>(cancel, [now, id])
    isDone = (page?.cancelled ?? 0) < pageSize
  }
  return true
}
