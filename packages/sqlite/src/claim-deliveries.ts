import {
  type ClaimedDelivery,
  type ClaimRequest,
  type LeadhooksError,
  newLease,
} from '@leadhooks/core/storage'
import { ClaimWebhooks } from './claim-webhooks.ts'
import type { Connection } from './connection.ts'
import { type Due, dueDeliveries, type Look } from './due-deliveries.ts'
import { fanOut } from './fan-out.ts'
import { giveUpLapsed, type LapsedRow, lapsedDeliveries, recordLapse } from './lapsed-leases.ts'
import type { CorruptRows } from './corrupt-rows.ts'
import type { Turns } from './turns.ts'

interface Lease {
  token: string
  from: number
  until: number
}

const insertLease = `
  insert into leadhooks_leases
    (delivery_id, lease, organization_id, webhook_id, event_seq, created_at, leased_at, leased_until)
  values (?, ?, ?, ?, ?, ?, ?, ?)`

const takeOver = `
  update leadhooks_leases set lease = ?, event_seq = null, leased_at = ?, leased_until = ? where delivery_id = ?`

/** What claims of one process have in common. */
export interface ClaimState {
  turns: Turns
  corruptRows: CorruptRows
}

/**
 * Leases what is due, as part of the transaction that is open. Where nothing is, it only looks, and takes no lock.
 */
export function claimDeliveries(
  connection: Connection,
  request: ClaimRequest,
  state: ClaimState,
  now: number,
): ClaimedDelivery[] {
  const { turns, corruptRows } = state
  const found: LeadhooksError[] = []
  const onCorrupt = (error: LeadhooksError): void => void found.push(error)
  const look: Look = {
    connection,
    now,
    turns,
    onCorrupt,
    webhooks: new ClaimWebhooks(connection, request, onCorrupt),
  }

  fanOut(connection)
  const lapsed = lapsedDeliveries(look, request.limit)
  const due = firstOf(dueDeliveries(look), request.limit - lapsed.due.length)
  corruptRows.report(found, lapsed.due.length + lapsed.crashed.length + due.length > 0)

  for (const row of lapsed.crashed) giveUpLapsed(connection, row, 'worker_crash', now)
  const leases = { from: now, until: now + request.leaseMs }
  const claimed = [
    ...lapsed.due.map((row) => leaseLapsed(connection, row, { token: newLease(), ...leases })),
    ...due.map((row) => leaseDue(connection, row, { token: newLease(), ...leases })),
  ]
  turns.record(due, due.length + lapsed.due.length < request.limit)
  return claimed
}

function firstOf<Item>(items: Iterable<Item>, count: number): Item[] {
  const first: Item[] = []
  if (count <= 0) return first
  for (const item of items) if (first.push(item) === count) break
  return first
}

function leaseLapsed(connection: Connection, row: Due & LapsedRow, lease: Lease): ClaimedDelivery {
  const attempts = recordLapse(connection, row)
  connection.run(takeOver, lease.token, lease.from, lease.until, row.id)
  return claimedOf({ ...row, attempts }, lease)
}

function leaseDue(connection: Connection, row: Due, lease: Lease): ClaimedDelivery {
  const { id, organizationId, webhook, event_seq: seq, created_at: created } = row
  const { token, from, until } = lease
  connection.run(insertLease, id, token, organizationId, webhook.id, seq, created, from, until)
  return claimedOf(row, lease)
}

function claimedOf(
  { id, organizationId, webhook, event, attempts, created_at }: Due,
  { token }: Lease,
): ClaimedDelivery {
  const createdAt = new Date(created_at)
  return { id, organizationId, lease: token, attempt: attempts + 1, createdAt, event, webhook }
}
