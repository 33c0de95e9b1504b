import type { Audit, Scoped, StoredWebhook } from '@leadhooks/core/storage'
import { appendEntry, readWebhook, type Sql } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Database } from './database.ts'
import { moveToFinished } from './finished-deliveries.ts'
import { nowOr } from './now.ts'
import { runSteps } from './run-steps.ts'
import { statement } from './statement.ts'

/** How many deliveries one statement cancels: none of them holds its locks for long. */
const pageSize = 5000

const remove = statement(`
  delete from leadhooks.webhooks where organization_id = $1::text and id = $2::text returning *`)

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
  sql: Sql,
  { organizationId, id }: Scoped,
  now: Date | null,
  audit: Audit<StoredWebhook> | undefined,
): Promise<boolean> {
  const head = await database.transaction(async (session) => {
    const [row] = await session.rows<Parameters<typeof readWebhook>[1]>(remove, [organizationId, id])
    if (row === undefined || audit === undefined) return row && null
    return runSteps(session, appendEntry(sql, organizationId, audit, readWebhook(codec, row), null))
  })
  if (head === undefined) return false
  if (head !== null) audit?.written(head)
  for (let isDone = false; !isDone;) {
    const [page] = await database.rows<{ cancelled: number }>(cancel, [now, id])
    isDone = (page?.cancelled ?? 0) < pageSize
  }
  return true
}
