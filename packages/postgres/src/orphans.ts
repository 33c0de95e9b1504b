import type { Database } from './database.ts'
import { moveToFinished } from './finished-deliveries.ts'
import { statement } from './statement.ts'

/**
 * Deliveries that a transaction made for a webhook while that was being deleted, and that were committed after. They count
 * as cancelled from the beginning (see `delivery-layout.ts`); this moves them to where they belong.
 */
const cancel = statement(`
  with orphan as (
    delete from leadhooks.queue where webhook_id = any($1::text[])
      and not exists (select from leadhooks.webhooks where id = queue.webhook_id)
    returning *
  )
  ${moveToFinished('orphan', { status: `'cancelled'`, reason: `'webhook_deleted'`, finishedAt: 'orphan.created_at' })}`)

export async function cancelOrphans(database: Database, webhookIds: readonly string[]): Promise<void> {
  await database.rows(cancel, [webhookIds])
}
