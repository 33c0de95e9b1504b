import { type Delivery, newDeliveryId, type Scoped } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { moveToFinished } from './finished-deliveries.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'

// What a person does to one delivery. Each answers whether there was anything to do it to.

/** One that is leased, or waits for its turn, stays as it is. */
const makeDue = statement(`
  with input as (select ${nowOr('$1')} as now),
  own as (
    select queue.id from leadhooks.queue join leadhooks.webhooks as webhook on webhook.id = queue.webhook_id
    where queue.organization_id = $2::text and queue.id = $3::text
  ), due as (
    update leadhooks.queue set due_at = input.now from input, own
    where queue.id = own.id and queue.due_at > input.now and queue.due_at < 'infinity' and (queue.lease is null or queue.leased_until <= input.now)
  )
  select id from own`)

const cancel = statement(`
  with input as (select ${nowOr('$1')} as now),
  cancelled as (
    delete from leadhooks.queue using leadhooks.webhooks as webhook
    where queue.organization_id = $2::text and queue.id = $3::text and webhook.id = queue.webhook_id
    returning queue.*
  )
  ${moveToFinished('cancelled', { status: `'cancelled'`, reason: `'by_user'` })}
  returning id`)

const replay = statement(`
  with input as (select ${nowOr('$1')} as now),
  shaped as (select format, body from leadhooks.delivery_bodies where delivery_id = $3::text),
  made as (
    insert into leadhooks.queue (id, organization_id, webhook_id, event_id, due_at, created_at, replay_of, replay_root,
      replay_depth, is_shaped)
    select $2::text, webhook.organization_id, webhook.id, event.id, input.now, input.now, $3::text, $4::text,
      $5::integer, exists (select from shaped)
    from input, leadhooks.webhooks as webhook, leadhooks.events as event
    where webhook.organization_id = $6::text and webhook.id = $7::text
      and event.organization_id = $8::text and event.id = $9::text and event.body <> ''
    for share of event
    returning id
  ), kept as (
    insert into leadhooks.delivery_bodies (delivery_id, format, body) select id, format, body from made, shaped
  )
  select id from made`)

/** Makes an unfinished delivery due. */
export async function makeDeliveryDue(
  database: Database,
  { organizationId, id }: Scoped,
  now: Date | null,
): Promise<boolean> {
  const rows = await database.rows(makeDue, [now, organizationId, id])
  return rows.length > 0
}

/** Ends an unfinished delivery, and the lease that a worker may have. */
export async function cancelUnfinished(
  database: Database,
  { organizationId, id }: Scoped,
  now: Date | null,
): Promise<boolean> {
  const rows = await database.rows(cancel, [now, organizationId, id])
  return rows.length > 0
}

/** Writes a new delivery like the one given, and answers its id; null where its webhook or its event is no more. */
export async function insertReplay(
  database: Database,
  replayed: Delivery,
  now: Date | null,
): Promise<string | null> {
  const { id, organizationId, webhookId, eventId, replayRoot, replayDepth } = replayed
  const newId = newDeliveryId(now?.getTime() ?? Date.now())
  const origin = [id, replayRoot ?? id, replayDepth + 1]
  const values = [now, newId, ...origin, organizationId, webhookId, organizationId, eventId]
  const rows = await database.rows(replay, values)
  return rows.length > 0 ? newId : null
}
