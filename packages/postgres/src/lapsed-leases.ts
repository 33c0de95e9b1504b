import type { ClaimRequest, GivenUp } from '@leadhooks/core/storage'
import { givenUpColumns, type GivenUpRow, readGivenUp } from '@leadhooks/sql'
import { type ClaimedRow, claimedColumns, eventOfClaimed, noteClaim } from './claim-lanes.ts'
import { noteGivenUp } from './note-facts.ts'
import type { Database, Session } from './database.ts'
import { moveToFinished } from './finished-deliveries.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'
import { isSending } from './webhook-readiness.ts'

/** A lapse more than this ends the delivery: it must not take one worker after the other with it. */
const mostLapses = 4
/** From so many on it is a suspect, and goes out alone: what is under way beside it must not vanish with it each time. */
const suspectLapses = 2
/** How many claims are looked after at once. */
const pageSize = 200

/**
 * Looks after claims whose leases should have ended: forgets those of which nothing is held any more, and puts off those
 * whose leases were all renewed.
 */
const tidy = statement(`
  with input as (select ${nowOr('$1')} as now),
  looked as (
    select claims.key, (
      select min(leased_until) from leadhooks.queue where id = any(claims.delivery_ids) and lease is not null
    ) as leased_until
    from input, leadhooks.claims where look_at <= input.now order by look_at limit ${pageSize} for update of claims skip locked
  ), gone as (
    delete from leadhooks.claims using looked where claims.key = looked.key and looked.leased_until is null
  ), later as (
    update leadhooks.claims set look_at = looked.leased_until from input, looked
    where claims.key = looked.key and looked.leased_until > input.now
  )
  select exists (select from input, looked where looked.leased_until <= input.now) as has_lapsed`)

interface LapsedRow {
  id: string
  organization_id: string
  webhook_id: string
  concurrency: number | null
  lapses: number
}

/** Lapsed leases of enabled webhooks, the longest overdue first. With a time given, all claims are looked through. */
const findLapsed = statement(`
  with input as (select ${nowOr('$1')} as now)
  select queue.id, queue.organization_id, queue.webhook_id, webhook.concurrency, queue.lapses
  from input cross join leadhooks.queue
  join leadhooks.webhooks as webhook on webhook.id = queue.webhook_id and ${isSending('input.now')}
  where queue.id = any(array(
      select unnest(delivery_ids) from leadhooks.claims where $2::timestamptz is not null or look_at <= input.now
      order by look_at limit ${pageSize}))
    and queue.lease is not null and queue.leased_until <= input.now
  order by queue.leased_until, queue.due_at
  for update of queue skip locked`)

const findSuspect = statement(`
  with input as (select ${nowOr('$1')} as now)
  select exists (
    select from input cross join leadhooks.queue
    where queue.id = any(array(select unnest(delivery_ids) from leadhooks.claims))
      and queue.lapses >= ${suspectLapses} and queue.lease is not null and queue.leased_until > input.now
  ) as is_out`)

/** What could not be taken over (its webhook is disabled, or full) goes behind the others: it must not hide them. */
const putOff = statement(`
  update leadhooks.claims set look_at = statement_timestamp() + interval '1 second'
  where key = any(array(
    select key from leadhooks.claims where look_at <= statement_timestamp() order by look_at limit ${pageSize}
    for update skip locked))`)

const recordLost = `
  insert into leadhooks.attempts (delivery_id, number, started_at, outcome)
  select id, attempts + 1, leased_at, 'lost' from leadhooks.queue where id = any($1::text[])
  on conflict do nothing`

const giveUp = `
  with input as (select ${nowOr('$2')} as now),
  crashed as (delete from leadhooks.queue where id = any($1::text[]) returning *),
  moved as (
    ${moveToFinished('crashed', { status: `'dead_letter'`, reason: `'worker_crash'`, isLost: 'true' })}
    returning ${givenUpColumns}
  ), noted as (
    ${noteGivenUp('moved', 'worker_crash')}
  )
  select * from moved`

const leaseAgain = `
  with input as (select ${nowOr('$2')} as now),
  claimed as (
    update leadhooks.queue set lease = gen_random_uuid(), leased_at = input.now,
      leased_until = input.now + $3::float8 * interval '1 millisecond', attempts = attempts + 1, lapses = lapses + 1,
      status_code = null, failure = null
    from input, leadhooks.webhooks as webhook
    where queue.id = any($1::text[]) and webhook.id = queue.webhook_id
    returning queue.*, webhook.concurrency, webhook.xmin::text as webhook_version
  ), note as (${noteClaim})
  select ${claimedColumns} from claimed ${eventOfClaimed}`

/** Whether leases have lapsed, after a look after the claims. */
export async function lookAfterClaims(database: Database): Promise<boolean> {
  const [row] = await database.rows<{ has_lapsed: boolean }>(tidy, [null])
  return row?.has_lapsed === true
}

export interface TakenOver {
  rows: ClaimedRow[]
  /** What goes to nobody any more. */
  crashed: GivenUp[]
}

/** Takes over what workers held that have vanished, as far as there is room. */
export async function takeOverLapsed(
  database: Database,
  request: ClaimRequest,
  now: Date | null,
): Promise<TakenOver> {
  return database.transaction(async (session) => {
    const lapsed = await session.rows<LapsedRow>(findLapsed, [now, now])
    // Where there is none to hand out, as nearly always, nobody need look for another one.
    const isSuspectOut = lapsed.some(isSuspect) && (await findSuspectOut(session, now))
    const takeable = withinRoom(lapsed, request, isSuspectOut)
    const crashed = idsOf(takeable.filter(({ lapses }) => lapses >= mostLapses))
    const due = idsOf(takeable.filter(({ lapses }) => lapses < mostLapses))
    if (takeable.length > 0) await session.run(recordLost, [idsOf(takeable)])
    const ended = crashed.length === 0 ? [] : await session.run<GivenUpRow>(giveUp, [crashed, now])
    // Where only the limit was in the way, the rest goes with the next claim.
    if (now === null && takeable.length < request.limit) await session.rows(putOff)
    const rows = due.length === 0 ? [] : await lease(session, due, request.leaseMs, now)
    return { rows, crashed: ended.map(readGivenUp) }
  })
}

async function findSuspectOut(session: Session, now: Date | null): Promise<boolean> {
  const [row] = await session.rows<{ is_out: boolean }>(findSuspect, [now])
  return row?.is_out === true
}

/** Whether this lapse makes it one. A lapse that ends a delivery does not. */
function isSuspect({ lapses }: LapsedRow): boolean {
  return lapses + 1 >= suspectLapses && lapses < mostLapses
}

async function lease(
  session: Session,
  ids: string[],
  leaseMs: number,
  now: Date | null,
): Promise<ClaimedRow[]> {
  const rows = await session.run<ClaimedRow>(leaseAgain, [ids, now, leaseMs])
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
}

/** As many as there is room for, and one suspect at most. */
function withinRoom(lapsed: readonly LapsedRow[], request: ClaimRequest, isOneOut: boolean): LapsedRow[] {
  let isSuspectOut = isOneOut
  const { limit, room, defaultConcurrency, mostConcurrency = Infinity } = request
  const { organizationRoom, mostPerOrganization = Infinity } = request
  const webhooks = new Map(room)
  const organizations = new Map(organizationRoom)
  const taken: LapsedRow[] = []
  for (const row of lapsed) {
    const { webhook_id: webhookId, organization_id: organizationId, concurrency } = row
    const own = webhooks.get(webhookId) ?? Math.min(concurrency ?? defaultConcurrency, mostConcurrency)
    const shared = organizations.get(organizationId) ?? mostPerOrganization
    if (own <= 0 || shared <= 0) continue
    if (isSuspect(row) && isSuspectOut) continue
    isSuspectOut ||= isSuspect(row)
    webhooks.set(webhookId, own - 1)
    organizations.set(organizationId, shared - 1)
    if (taken.push(row) === limit) break
  }
  return taken
}

function idsOf(rows: readonly LapsedRow[]): string[] {
  return rows.map(({ id }) => id)
}
