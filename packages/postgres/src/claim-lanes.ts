import type { ClaimedDelivery, Scoped } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import type { Share } from './known-lanes.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'
import { isSending } from './webhook-readiness.ts'

/** A delivery that was just claimed. */
export interface ClaimedRow {
  id: string
  organization_id: string
  webhook_id: string
  /** The webhook's own concurrency. */
  concurrency: number | null
  /** Which version of the webhook's row the claim saw. */
  webhook_version: string
  lease: string
  status: ClaimedDelivery['status']
  attempts: number
  due_at: Date
  created_at: Date
  ordering_key: string | null
  has_turn: boolean | null
  event_id: string
  event_type: string
  traceparent: string | null
  /** What was made for the delivery to send, or else the event's body. */
  body: string
  shaped_as: ClaimedDelivery['shapedAs']
}

/** What a claim answers of each delivery, for rows of the queue that it has just leased. */
export const claimedColumns = `
  claimed.id, claimed.organization_id, claimed.webhook_id, claimed.concurrency, claimed.webhook_version, claimed.lease::text as lease,
  claimed.status, claimed.attempts, claimed.due_at, claimed.created_at, claimed.ordering_key, claimed.has_turn,
  claimed.event_id, event.type as event_type, event.traceparent, coalesce(shaped.body, event.body) as body, shaped.format as shaped_as`

/**
 * Its limits keep the planner from reading all events and bodies: one step in an index for each delivery is always cheaper. No step
 * at all is made for one that has no body of its own.
 */
export const eventOfClaimed = `
  cross join lateral (
    select type, body, traceparent from leadhooks.events where organization_id = claimed.organization_id and id = claimed.event_id limit 1
  ) as event
  left join lateral (
    select format, body from leadhooks.delivery_bodies where claimed.is_shaped and delivery_id = claimed.id limit 1
  ) as shaped on true`

/** Notes which deliveries were claimed together, so that leases that lapse are found (see `lapsed-leases.ts`). */
export const noteClaim = `
  insert into leadhooks.claims (look_at, delivery_ids)
  select max(leased_until), array_agg(id) from claimed having count(*) > 0`

/**
 * Leases the earliest deliveries of each lane. It goes from lane to lane by the index and stops as soon as it has enough;
 * what another claim has in hand it passes over.
 */
const claimText = (isWanted: string): string => `
  with input as (select ${nowOr('$1')} as now),
  lane as (
    select * from unnest($3::text[], $4::integer[], $5::boolean[], $6::timestamptz[])
      as lane (webhook_id, share, is_named, due_from)
  ), free as materialized (
    select delivery.id, webhook.concurrency, webhook.xmin::text as webhook_version
    from input cross join lane
    join leadhooks.webhooks as webhook on webhook.id = lane.webhook_id and ${isSending('input.now')}${isWanted}
    cross join lateral (
      select queue.id from leadhooks.queue
      where queue.webhook_id = lane.webhook_id and queue.lease is null
        and queue.due_at <= input.now and queue.due_at >= coalesce(lane.due_from, '-infinity')
      order by queue.due_at, queue.id
      limit case when lane.is_named then lane.share else least(lane.share, webhook.concurrency) end
      for update skip locked
    ) as delivery
  ), claimed as (
    update leadhooks.queue set lease = gen_random_uuid(), leased_at = input.now,
      leased_until = input.now + $2::float8 * interval '1 millisecond'
    from input, free where queue.id = free.id
    returning queue.*, free.concurrency, free.webhook_version
  ), note as (${noteClaim})
  select ${claimedColumns} from claimed ${eventOfClaimed}`

const claim = statement(claimText(''))
const claimOfOne = statement(claimText(' and webhook.organization_id = $7::text'))

interface ClaimOptions {
  room: ReadonlyMap<string, number>
  now: Date | null
  leaseMs: number
}

/** Claims each lane's share, of what is due from the given times on; the earliest come first. */
export async function claimLanes(
  database: Database,
  shares: readonly Share[],
  dueFrom: readonly (Date | null)[],
  { room, now, leaseMs }: ClaimOptions,
): Promise<ClaimedRow[]> {
  const ids = shares.map(({ lane }) => lane.webhookId)
  const counts = shares.map(({ count }) => count)
  const isNamed = ids.map((id) => room.has(id))
  const values = [now, leaseMs, ids, counts, isNamed, dueFrom]
  const rows = await (shares.length === 1
    ? database.rows<ClaimedRow>(claim, values)
    : database.rowsPlannedAnew<ClaimedRow>(claim, values))
  return inOrder(rows)
}

/** Claims so many of one webhook, of what is due from the given time on; the earliest come first. */
export async function claimOf(
  database: Database,
  { organizationId, id }: Scoped,
  dueFrom: Date | null,
  { limit, now, leaseMs }: { limit: number; now: Date | null; leaseMs: number },
): Promise<ClaimedRow[]> {
  const values = [now, leaseMs, [id], [limit], [true], [dueFrom], organizationId]
  return inOrder(await database.rows<ClaimedRow>(claimOfOne, values))
}

function inOrder(rows: ClaimedRow[]): ClaimedRow[] {
  return rows.sort((a, b) => a.due_at.getTime() - b.due_at.getTime() || (a.id < b.id ? -1 : 1))
}
