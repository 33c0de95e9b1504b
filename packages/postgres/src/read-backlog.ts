import type { Backlog } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'
import { isSending } from './webhook-readiness.ts'

interface BacklogRow {
  unfinished: number
  due: number
  oldest_due_at: Date | null
  dead_letters: number
  active: number
  waiting: number
  disabled: number
}

const isDue = `(is_sending and case when lease is null then due_at else leased_until end <= input.now)`

const read = statement(`
  with input as (select ${nowOr('$1')} as now),
  webhooks as (
    select id, enabled, ${isSending('input.now')} as is_sending from input cross join leadhooks.webhooks as webhook
  ),
  counts as (
    select count(*) filter (where is_sending)::integer as active,
      count(*) filter (where enabled and not is_sending)::integer as waiting,
      count(*) filter (where not enabled)::integer as disabled
    from webhooks
  ),
  queued as (
    select count(*)::float8 as unfinished, count(*) filter (where ${isDue})::float8 as due,
      min(case when lease is null then due_at else leased_until end) filter (where ${isDue}) as oldest_due_at
    from input cross join leadhooks.queue join webhooks on webhooks.id = queue.webhook_id
  ),
  given_up as (
    select count(*)::float8 as dead_letters from leadhooks.deliveries where status = 'dead_letter' and resolved_at is null
  )
  select * from counts, queued, given_up`)

export async function readBacklog(database: Database, now: Date | null): Promise<Backlog> {
  const [row] = await database.rows<BacklogRow>(read, [now])
  if (row === undefined) throw new Error('Counting gives one row')
  const { unfinished, due, oldest_due_at: oldestDueAt, dead_letters: deadLetters, ...webhooks } = row
  return { unfinished, due, oldestDueAt, deadLetters, webhooks }
}
