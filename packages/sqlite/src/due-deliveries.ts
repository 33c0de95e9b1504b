import type { ClaimedDelivery, LeadhooksError, Scoped, StoredWebhook } from '@leadhooks/core/storage'
import { corrupt } from '@leadhooks/sql'
import type { ClaimWebhooks } from './claim-webhooks.ts'
import type { Connection } from './connection.ts'
import { findEventRow, sendableEvent } from './find-event.ts'
import { isFree } from './leases.ts'
import { goRound, inChunks, merge, takeTurns } from './take-turns.ts'
import type { Turns } from './turns.ts'

/** A delivery that a worker can be given. */
export interface Due extends Omit<Candidate, 'event'> {
  organizationId: string
  webhook: StoredWebhook
  event: ClaimedDelivery['event']
}

/** A delivery that is due, before it is known whether it can be sent. */
export interface Candidate {
  id: string
  createdAt: number
  dueAt: number
  attempts: number
  status: ClaimedDelivery['status']
  isFresh: boolean
  orderingKey: string | null
  /** Its event, by its place or by its id. */
  event: { seq: number } | { id: string }
}

/** What a claim looks with. */
export interface Look {
  connection: Connection
  now: number
  webhooks: ClaimWebhooks
  turns: Turns
  onCorrupt: (error: LeadhooksError) => void
}

const waiting = `
  leadhooks_deliveries as delivery indexed by leadhooks_waiting_deliveries where next_attempt_at is not null`

const isWaitingDue = `
  select 1 from leadhooks_deliveries indexed by leadhooks_waiting_deliveries_by_time
  where next_attempt_at is not null and next_attempt_at <= ? limit 1`

// `+?` is `?`, and keeps the plan: with a plain one in a `limit`, or beside an `order by` or a join, SQLite plans the
// statement anew each time it is given values, which takes five times as long as running it (seen with 3.54).

// The next key that has deliveries is one seek away, however many the one before has.
const freshOrganization = `
  select organization_id as next from leadhooks_fresh_deliveries
  where organization_id > +? order by organization_id limit 1`
const waitingOrganization = `
  select organization_id as next from ${waiting} and organization_id > +? order by organization_id limit 1`
const freshWebhook = `
  select webhook_id as next from leadhooks_fresh_deliveries
  where organization_id = +? and webhook_id > +? order by webhook_id limit 1`
const waitingWebhook = `
  select webhook_id as next from ${waiting} and organization_id = +? and webhook_id > +? order by webhook_id limit 1`
const anyOrganization = firstOf(freshOrganization, waitingOrganization)
const anyWebhook = firstOf(freshWebhook, waitingWebhook)

function firstOf(a: string, b: string): string {
  return `select min(next) as next from (select * from (${a}) union all select * from (${b}))`
}

// What is held already is passed over: it is never more than workers have in hand.
const freshDeliveries = `
  select id, created_at, event_seq from leadhooks_fresh_deliveries as fresh
  where organization_id = +? and webhook_id = +? and id > +? and ${isFree('fresh.id')}
  order by id limit +?`

const waitingDeliveries = `
  select id, created_at, next_attempt_at, attempts, status, event_id, ordering_key from ${waiting}
    and organization_id = +? and webhook_id = +?
    and next_attempt_at <= +? and (next_attempt_at, id) > (+?, +?) and ${isFree('delivery.id')}
  order by next_attempt_at, id limit +?`

interface FreshRow {
  id: string
  created_at: number
  event_seq: number
}

interface WaitingRow {
  id: string
  created_at: number
  next_attempt_at: number
  attempts: number
  status: ClaimedDelivery['status']
  event_id: string
  ordering_key: string | null
}

/**
 * What is due and waits for a worker, in the order in which it is to be handed out: one organization after the other, in
 * each one webhook after the other, the earliest delivery of each first. It looks only as far as it is asked, and never at
 * what is finished or due later: its cost grows with what it yields, and with the webhooks that have something waiting.
 */
export function dueDeliveries(look: Look): Generator<Due> {
  const { connection, now, turns } = look
  // Retries that nobody waits for yet are the usual case. Then only fresh deliveries need be looked for.
  const isEverywhere = connection.get(isWaitingDue, now) !== undefined
  const [nextOrganization, nextWebhook] = isEverywhere
    ? [anyOrganization, anyWebhook]
    : [freshOrganization, freshWebhook]

  function next(text: string, ...key: string[]): string | null {
    const keys = isEverywhere ? [...key, ...key] : key
    const row = connection.get(text, ...keys) as { next: string | null } | undefined
    return row?.next ?? null
  }

  function* organizations(): Generator<Iterator<Due>> {
    const ids = goRound(turns.lastOrganization, (last) => next(nextOrganization, last))
    for (const id of ids) if (look.webhooks.hasRoom(id)) yield takeTurns(webhooks(id))
  }

  function* webhooks(organizationId: string): Generator<Iterator<Due>> {
    const ids = goRound(turns.lastWebhook(organizationId), (last) => next(nextWebhook, organizationId, last))
    for (const id of ids) {
      if (!look.webhooks.hasRoom(organizationId)) return
      yield dueOf(look, { organizationId, id }, isEverywhere)
    }
  }

  return takeTurns(organizations())
}

/** The due deliveries of one webhook, as many as it has room for. `isEverywhere`: not only fresh ones may be due. */
export function* dueOf(
  look: Look,
  { organizationId, id: webhookId }: Scoped,
  isEverywhere = true,
): Generator<Due> {
  if (look.webhooks.withRoom(organizationId, webhookId) === null) return
  const fresh = freshOf(look, organizationId, webhookId)
  const candidates = isEverywhere
    ? merge(fresh, waitingOf(look, organizationId, webhookId), ({ dueAt }) => dueAt)
    : fresh
  for (const candidate of candidates) {
    const webhook = look.webhooks.withRoom(organizationId, webhookId)
    if (webhook === null) return
    const event = eventOf(look, organizationId, candidate)
    if (event === null) continue
    look.webhooks.give(organizationId, webhookId)
    yield { ...candidate, organizationId, webhook, event }
  }
}

function* freshOf(
  { connection, now }: Look,
  organizationId: string,
  webhookId: string,
): Generator<Candidate> {
  const rows = inChunks<FreshRow>((last, count) =>
    connection.all(freshDeliveries, organizationId, webhookId, last?.id ?? '', count),
  )
  for (const { id, created_at: createdAt, event_seq: seq } of rows) {
    if (createdAt > now) return
    const candidate = {
      id,
      createdAt,
      dueAt: createdAt,
      attempts: 0,
      status: 'pending',
      isFresh: true,
    } as const
    yield { ...candidate, orderingKey: null, event: { seq } }
  }
}

function* waitingOf(
  { connection, now }: Look,
  organizationId: string,
  webhookId: string,
): Generator<Candidate> {
  const rows = inChunks<WaitingRow>((last, count) => {
    const behind = [last?.next_attempt_at ?? 0, last?.id ?? '']
    return connection.all(waitingDeliveries, organizationId, webhookId, now, ...behind, count)
  })
  for (const row of rows) {
    const { id, created_at: createdAt, next_attempt_at: dueAt, ordering_key: orderingKey } = row
    const { attempts, status, event_id: eventId } = row
    yield { id, createdAt, dueAt, attempts, status, isFresh: false, orderingKey, event: { id: eventId } }
  }
}

/** The event to send; null, and reported, where there is none. Such a delivery is passed over, and left as it is. */
export function eventOf(
  { connection, onCorrupt }: Look,
  organizationId: string,
  { id, event: key }: Pick<Candidate, 'id' | 'event'>,
): ClaimedDelivery['event'] | null {
  const event =
    'seq' in key
      ? sendableEvent(connection, key.seq)
      : findEventRow(connection, { organizationId, id: key.id })
  if (event !== undefined)
    return { id: event.id, type: event.type, body: event.body, traceparent: event.traceparent }
  onCorrupt(corrupt('deliveries', id, 'its event is not there'))
  return null
}
