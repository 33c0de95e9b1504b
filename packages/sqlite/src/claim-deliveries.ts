import {
  type ClaimedDelivery,
  type ClaimRequest,
  type GivenUp,
  type LeadhooksError,
  newLease,
  type ShapedBody,
} from '@leadhooks/core/storage'
import { ClaimWebhooks } from './claim-webhooks.ts'
import type { Connection } from './connection.ts'
import { bodyFinder } from './delivery-bodies.ts'
import { type Due, dueDeliveries, dueOf, type Look } from './due-deliveries.ts'
import { fanOut } from './fan-out.ts'
import { giveUpLapsed, type LapsedLease, lapsedDeliveries, recordLapse } from './lapsed-leases.ts'
import type { CorruptRows } from './corrupt-rows.ts'
import type { Turns } from './turns.ts'

interface Lease {
  token: string
  from: number
  until: number
}

const insertLease = `
  insert into leadhooks_leases
    (delivery_id, lease, organization_id, webhook_id, event_id, event_type, created_at, is_fresh, leased_at, leased_until)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const takeOver = `
  update leadhooks_leases set lease = ?, leased_at = ?, leased_until = ? where delivery_id = ?`

/** Of a claim for one webhook. */
const noOtherRooms = { organizationRoom: undefined, mostPerOrganization: undefined }

/** What claims of one process have in common. */
export interface ClaimState {
  turns: Turns
  corruptRows: CorruptRows
}

export interface Claimed {
  claimed: ClaimedDelivery[]
  /** What goes to nobody any more. */
  crashed: GivenUp[]
}

/**
 * Leases what is due, as part of the transaction that is open. Where nothing is, it only looks, and takes no lock.
 */
export function claimDeliveries(
  connection: Connection,
  request: ClaimRequest,
  state: ClaimState,
  now: number,
): Claimed {
  const { turns, corruptRows } = state
  const { only, limit } = request
  const found: LeadhooksError[] = []
  const onCorrupt = (error: LeadhooksError): void => void found.push(error)
  const rooms =
    only === undefined ? request : { ...request, room: new Map([[only.id, limit]]), ...noOtherRooms }
  const webhooks = new ClaimWebhooks(connection, rooms, now, onCorrupt)
  const look: Look = { connection, now, turns, onCorrupt, webhooks }

  fanOut(connection)
  const lapsed = only === undefined ? lapsedDeliveries(look, limit) : { due: [], crashed: [] }
  const due = firstOf(only === undefined ? dueDeliveries(look) : dueOf(look, only), limit - lapsed.due.length)
  corruptRows.report(found, lapsed.due.length + lapsed.crashed.length + due.length > 0)

  const crashed = lapsed.crashed.map((lease) => giveUpLapsed(connection, lease, 'worker_crash', now))
  const leases = { from: now, until: now + request.leaseMs }
  const claimed = [
    ...lapsed.due.map((row) => leaseLapsed(connection, row, { token: newLease(), ...leases })),
    ...due.map((row) => leaseDue(connection, row, { token: newLease(), ...leases })),
  ]
  const findBody = bodyFinder(connection)
  for (const one of claimed) takeOn(one, findBody(one.id))
  const isComplete = due.length + lapsed.due.length < limit
  if (only === undefined) turns.record(due, isComplete, (organizationId) => webhooks.hasRoom(organizationId))
  return { claimed, crashed }
}

function firstOf<Item>(items: Iterable<Item>, count: number): Item[] {
  const first: Item[] = []
  if (count <= 0) return first
  for (const item of items) if (first.push(item) === count) break
  return first
}

function leaseLapsed(connection: Connection, lapsed: Due & LapsedLease, lease: Lease): ClaimedDelivery {
  const attempts = recordLapse(connection, lapsed)
  connection.run(takeOver, lease.token, lease.from, lease.until, lapsed.id)
  return claimedOf({ ...lapsed, attempts }, lease)
}

function leaseDue(connection: Connection, due: Due, lease: Lease): ClaimedDelivery {
  const { id, organizationId, webhook, event, createdAt, isFresh } = due
  const { token, from, until } = lease
  connection.run(
    insertLease,
    id,
    token,
    organizationId,
    webhook.id,
    event.id,
    event.type,
    createdAt,
    Number(isFresh),
    from,
    until,
  )
  return claimedOf(due, lease)
}

function claimedOf(due: Due, { token }: Lease): ClaimedDelivery {
  const { id, organizationId, webhook, event, attempts, status, orderingKey } = due
  return {
    id,
    organizationId,
    lease: token,
    attempt: attempts + 1,
    createdAt: new Date(due.createdAt),
    status,
    orderingKey,
    event,
    shapedAs: null,
    webhook,
  }
}

/** Has a delivery send what was made for it. */
function takeOn(claimed: ClaimedDelivery, shaped: ShapedBody | undefined): void {
  if (shaped === undefined) return
  claimed.shapedAs = shaped.format
  if (shaped.body !== null) claimed.event.body = shaped.body
}
