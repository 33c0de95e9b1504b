import type { Backlog } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'
import { fanOut } from './fan-out.ts'

/** What a webhook has waiting, fresh or tried before. */
interface Waiting {
  unfinished: number
  due: number
  oldest_due_at: number | null
}

const webhookCounts = `
  with input as (select ? as now)
  select ifnull(sum(enabled and ifnull(waits_until, 0) <= input.now), 0) as active,
    ifnull(sum(enabled and ifnull(waits_until, 0) > input.now), 0) as waiting,
    ifnull(sum(not enabled), 0) as disabled
  from input cross join leadhooks_webhooks`

// Counted by the order of the keys, webhook by webhook, before any of these is looked up.
const waiting = `
  with input as (select ? as now),
  held as materialized (select delivery_id from leadhooks_leases),
  counts as (
    select organization_id, webhook_id, count(*) as unfinished,
      sum(id not in held) as due, min(case when id not in held then created_at end) as oldest_due_at
    from leadhooks_fresh_deliveries group by organization_id, webhook_id
    union all
    select organization_id, webhook_id, count(*),
      sum(next_attempt_at <= input.now and id not in held),
      min(case when next_attempt_at <= input.now and id not in held then next_attempt_at end)
    from input cross join leadhooks_deliveries indexed by leadhooks_waiting_deliveries where next_attempt_at is not null
    group by organization_id, webhook_id
    union all
    select organization_id, webhook_id, count(*), 0, null from leadhooks_deliveries indexed by leadhooks_ordered_deliveries
    where ordering_key is not null and finished_at is null and next_attempt_at is null group by organization_id, webhook_id
    union all
    select organization_id, webhook_id, 0, count(*), min(leased_until)
    from input cross join leadhooks_leases where leased_until <= input.now group by organization_id, webhook_id
  )
  select ifnull(sum(unfinished), 0) as unfinished,
    ifnull(sum(due) filter (where enabled and ifnull(waits_until, 0) <= input.now), 0) as due,
    min(oldest_due_at) filter (where enabled and ifnull(waits_until, 0) <= input.now) as oldest_due_at
  from input cross join counts join leadhooks_webhooks as webhook
    on webhook.organization_id = counts.organization_id and webhook.id = counts.webhook_id`

const givenUp = `
  select count(*) as count from leadhooks_deliveries indexed by leadhooks_given_up
  where status = 'dead_letter' and resolved_at is null`

/** Counts what waits and what was given up, as part of the transaction that is open. */
export function readBacklog(connection: Connection, now: number): Backlog {
  fanOut(connection)
  const { unfinished, due, oldest_due_at: oldest } = connection.get(waiting, now) as Waiting
  const { count: deadLetters } = connection.get(givenUp) as { count: number }
  const webhooks = connection.get(webhookCounts, now) as Backlog['webhooks']
  const oldestDueAt = oldest === null ? null : new Date(oldest)
  return { unfinished, due, oldestDueAt, deadLetters, webhooks }
}
