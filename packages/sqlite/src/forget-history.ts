import type { FinishedStatus, PagePosition, Walk } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'
import { fanOut } from './fan-out.ts'
import { firstDeliveryIdOf } from './id-time.ts'

const columns = `id, created_at, finished_at, status, attempts, event_id`

/** Ids are in the order in which deliveries were created: the key leads to the old ones. */
const oldest = `
  select ${columns} from leadhooks_deliveries not indexed
  where organization_id = ? and id > ? and id < ? order by id limit ?`

const oldestOfStatus = `
  select ${columns} from leadhooks_deliveries indexed by leadhooks_deliveries_by_status
  where organization_id = ? and status = ? and status <> 'delivered' and id > ? and id < ? order by id limit ?`

const findReplay = `
  select 1 from leadhooks_deliveries indexed by leadhooks_replays
  where organization_id = ? and event_id = ? and replay_of is not null and ? in (replay_of, replay_root) limit 1`

const removeAttempts = `delete from leadhooks_attempts where delivery_id = ?`
const removeBody = `delete from leadhooks_delivery_bodies where delivery_id = ?`
const removeDelivery = `delete from leadhooks_deliveries where organization_id = ? and id = ?`

interface DeliveryRow {
  id: string
  created_at: number
  finished_at: number | null
  status: string
  attempts: number
  event_id: string
}

/** Removes old deliveries, as part of the transaction that is open. */
export function forgetDeliveries(
  connection: Connection,
  {
    organizationId,
    after,
    limit,
    status,
    finishedBefore,
  }: Walk & { status: FinishedStatus; finishedBefore: Date },
): { deliveries: number; attempts: number; last: PagePosition | null } {
  const before = finishedBefore.getTime()
  const range = [after?.id ?? '', firstDeliveryIdOf(before)]
  const found =
    status === 'delivered'
      ? connection.all<DeliveryRow>(oldest, organizationId, ...range, limit)
      : connection.all<DeliveryRow>(oldestOfStatus, organizationId, status, ...range, limit)
  let rows = 0
  let deliveries = 0
  let attempts = 0
  let last: PagePosition | null = null
  for (const { id, created_at: createdAt, finished_at: finishedAt, ...row } of found) {
    if (rows >= limit) break
    rows++
    last = { id, createdAt: new Date(createdAt) }
    if (row.status !== status || finishedAt === null || finishedAt >= before) continue
    if (connection.get(findReplay, organizationId, row.event_id, id) !== undefined) continue
    const own = connection.run(removeAttempts, id).changes
    connection.run(removeBody, id)
    connection.run(removeDelivery, organizationId, id)
    rows += own
    attempts += own
    deliveries++
  }
  return { deliveries, attempts, last }
}

/** Deliveries that the event lists, be they fresh or not, and replays. */
const isNeeded = `
  exists (
    select 1 from json_each(iif(json_valid(event.deliveries), event.deliveries, null)) as listed
    where exists (
        select 1 from leadhooks_deliveries as delivery
        where delivery.organization_id = event.organization_id and delivery.id = listed.value ->> 1)
      or exists (
        select 1 from leadhooks_fresh_deliveries as fresh
        where fresh.organization_id = event.organization_id and fresh.webhook_id = listed.value ->> 0
          and fresh.id = listed.value ->> 1))
  or exists (
    select 1 from leadhooks_deliveries as replay indexed by leadhooks_replays
    where replay.organization_id = event.organization_id and replay.event_id = event.id and replay.replay_of is not null)`

const findEvents = `
  select seq, id, created_at, ${isNeeded} as is_needed
  from leadhooks_events as event indexed by leadhooks_events_by_age
  where organization_id = ? and (created_at, id) > (?, ?) and created_at < ? order by created_at, id limit ?`

const removeEvent = `delete from leadhooks_events where seq = ?`

/** Removes old events that no delivery needs, as part of the transaction that is open. */
export function forgetEvents(
  connection: Connection,
  { organizationId, after, limit, createdBefore }: Walk & { createdBefore: Date },
): { events: number; last: PagePosition | null } {
  fanOut(connection)
  const start = [after?.createdAt.getTime() ?? 0, after?.id ?? '']
  const found = connection.all<{ seq: number; id: string; created_at: number; is_needed: number }>(
    findEvents,
    organizationId,
    ...start,
    createdBefore.getTime(),
    limit,
  )
  const unneeded = found.filter((row) => row.is_needed === 0)
  for (const { seq } of unneeded) connection.run(removeEvent, seq)
  const last = found.at(-1)
  return {
    events: unneeded.length,
    last: last === undefined ? null : { id: last.id, createdAt: new Date(last.created_at) },
  }
}
