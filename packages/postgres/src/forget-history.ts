import type { FinishedStatus, PagePosition, Walk } from '@leadhooks/core/storage'
import type { Database, Session } from './database.ts'
import { type Statement, statement } from './statement.ts'

/**
 * Walks the deliveries that were created before a time: whatever was finished before then is among them. Those by status have an index of
 * their own; those that were delivered lie among all, and most of all are.
 */
const forgetDelivered = (status: FinishedStatus): Statement =>
  statement(`
    with found as materialized (
      select id, created_at, attempts, event_id, status = '${status}' and finished_at < $2::timestamptz as is_old
      from leadhooks.deliveries
      where organization_id = $1::text and created_at < $2::timestamptz and (created_at, id) > ($3::timestamptz, $4::text)
        ${status === 'delivered' ? '' : `and status = '${status}'`}
      order by created_at, id limit $5::integer
    ), weighed as (
      select *, sum(case when is_old then attempts + 1 else 1 end) over (order by created_at, id
        rows between unbounded preceding and 1 preceding) as rows_before
      from found
    ), seen as materialized (
      select * from weighed where rows_before is null or rows_before < $5::integer
    ), over as materialized (
      select id from seen where is_old
        and not exists (${replaysOf('queue')}) and not exists (${replaysOf('deliveries')})
    ), attempts as (
      delete from leadhooks.attempts where delivery_id = any(array(select id from over)) returning 1
    ), bodies as (
      delete from leadhooks.delivery_bodies where delivery_id = any(array(select id from over))
    ), gone as (
      delete from leadhooks.deliveries where id = any(array(select id from over)) returning 1
    )
    select last.created_at, last.id, (select count(*)::integer from gone) as deliveries,
      (select count(*)::integer from attempts) as attempts
    from (select created_at, id from seen order by created_at desc, id desc limit 1) as last`)

/** The replays that name the delivery in the row `seen`. */
function replaysOf(table: 'queue' | 'deliveries'): string {
  return `
    select from leadhooks.${table} as replay where replay.organization_id = $1::text and replay.event_id = seen.event_id
      and replay.replay_of is not null and seen.id in (replay.replay_of, replay.replay_root)`
}

const forget: Record<FinishedStatus, Statement> = {
  delivered: forgetDelivered('delivered'),
  dead_letter: forgetDelivered('dead_letter'),
  cancelled: forgetDelivered('cancelled'),
}

/**
 * The deliveries that the dispatch of the event made, or a recovery, and replays. The first are not asked for their organization: Postgres
 * would go through an index of all that it has.
 */
const hasDelivery = (table: 'queue' | 'deliveries'): string => `
  exists (select from leadhooks.${table} as delivery
    where delivery.id > event.deliveries and delivery.id < event.deliveries || '~' and delivery.event_id = event.id)
  or exists (select from leadhooks.${table} as delivery where delivery.organization_id = event.organization_id
    and delivery.event_id = event.id and delivery.replay_of is not null)`

const isNeeded = `(${hasDelivery('queue')} or ${hasDelivery('deliveries')})`

const findEvents = statement(`
  select id, created_at, ${isNeeded} as is_needed from leadhooks.events as event
  where organization_id = $1::text and created_at < $2::timestamptz and (created_at, id) > ($3::timestamptz, $4::text)
  order by created_at, id limit $5::integer`)

const lockEvents = statement(`
  select id from leadhooks.events where organization_id = $1::text and id = any($2::text[]) for update skip locked`)

/** Sees what was committed before it began: whoever would make a delivery of one of them waits for the lock. */
const removeEvents = statement(`
  delete from leadhooks.events as event
  where organization_id = $1::text and id = any($2::text[]) and not ${isNeeded} returning 1`)

interface PlaceRow {
  id: string
  created_at: Date
}

export async function forgetDeliveries(
  database: Database,
  {
    organizationId,
    after,
    limit,
    status,
    finishedBefore,
  }: Walk & { status: FinishedStatus; finishedBefore: Date },
): Promise<{ deliveries: number; attempts: number; last: PagePosition | null }> {
  const values = [organizationId, finishedBefore, ...startOf(after), limit]
  const [row] = await database.rowsPlannedAnew<PlaceRow & { deliveries: number; attempts: number }>(
    forget[status],
    values,
  )
  if (row === undefined) return { deliveries: 0, attempts: 0, last: null }
  return { deliveries: row.deliveries, attempts: row.attempts, last: placeOf(row) }
}

export async function forgetEvents(
  database: Database,
  { organizationId, after, limit, createdBefore }: Walk & { createdBefore: Date },
): Promise<{ events: number; last: PagePosition | null }> {
  const values = [organizationId, createdBefore, ...startOf(after), limit]
  const rows = await database.rowsPlannedAnew<PlaceRow & { is_needed: boolean }>(findEvents, values)
  const ids = rows.filter((row) => !row.is_needed).map(({ id }) => id)
  const events =
    ids.length === 0
      ? 0
      : await database.transaction((session) => removeUnneeded(session, organizationId, ids))
  const last = rows.at(-1)
  return { events, last: last === undefined ? null : placeOf(last) }
}

async function removeUnneeded(
  session: Session,
  organizationId: string,
  ids: readonly string[],
): Promise<number> {
  const locked = await session.rows<{ id: string }>(lockEvents, [organizationId, ids])
  const free = locked.map(({ id }) => id)
  return (await session.rowsPlannedAnew(removeEvents, [organizationId, free])).length
}

/** Before everything, where nothing was seen yet. */
function startOf(after: PagePosition | null): unknown[] {
  return after === null ? [new Date(0), ''] : [after.createdAt, after.id]
}

function placeOf({ id, created_at: createdAt }: PlaceRow): PagePosition {
  return { id, createdAt }
}
