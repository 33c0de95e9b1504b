import type { ClaimedDelivery, GivenUp } from '@leadhooks/core/storage'
import { givenUpColumns, type GivenUpRow, readGivenUp } from '@leadhooks/sql'
import type { Connection } from './connection.ts'
import { type Due, eventOf, type Look } from './due-deliveries.ts'
import { bringInDelivery } from './fresh-deliveries.ts'
import { endLease } from './leases.ts'
import { noteGivenUp } from './settled-facts.ts'

/** So many workers in a row may vanish over a delivery. Then it is taken to be the reason. */
const maxLapses = 5
/** From so many on a delivery is a suspect, and goes out alone: what is under way beside it must not vanish with it each time. */
const suspectLapses = 2

/** What a vanished worker left behind. */
export interface LapsedLease {
  id: string
  organizationId: string
  webhookId: string
  eventId: string
  createdAt: number
  isFresh: boolean
  leasedAt: number
  leasedUntil: number
  /** What came of the delivery before that worker had it. */
  attempts: number
  status: ClaimedDelivery['status']
  lapses: number
  orderingKey: string | null
}

export interface Lapsed {
  /** To be given to another worker. */
  due: (Due & LapsedLease)[]
  /** To be given to nobody any more. */
  crashed: LapsedLease[]
}

interface LeaseRow {
  delivery_id: string
  organization_id: string
  webhook_id: string
  event_id: string
  created_at: number
  is_fresh: number
  leased_at: number
  leased_until: number
}

const lapsedLeases = `
  select delivery_id, organization_id, webhook_id, event_id, created_at, is_fresh, leased_at, leased_until
  from leadhooks_leases indexed by leadhooks_leases_by_time
  where leased_until <= ? order by leased_until`

const soFar = `
  select attempts, status, lapses, ordering_key from leadhooks_deliveries where organization_id = ? and id = ?`

const suspectsOut = `
  select 1 from leadhooks_leases as lease join leadhooks_deliveries as delivery
    on delivery.organization_id = lease.organization_id and delivery.id = lease.delivery_id
  where lease.leased_until > ? and delivery.lapses >= ${suspectLapses} limit 1`

const insertLost = `
  insert into leadhooks_attempts (delivery_id, number, started_at, outcome) values (?, ?, ?, 'lost')`

const countLapse = `
  update leadhooks_deliveries set attempts = ?, lapses = lapses + 1, status_code = null, failure = null
  where organization_id = ? and id = ?`

const giveUp = `
  update leadhooks_deliveries set status = 'dead_letter', reason = ?, next_attempt_at = null, finished_at = ?
  where organization_id = ? and id = ? returning ${givenUpColumns}`

/** Leases that have run out, the first to do so first. There are never more than workers have had in hand. */
export function lapsedLeasesAt(connection: Connection, now: number): LapsedLease[] {
  return connection.all<LeaseRow>(lapsedLeases, now).map((row) => {
    const { delivery_id: id, organization_id: organizationId } = row
    const before = connection.get(soFar, organizationId, id) as
      | (Pick<LapsedLease, 'attempts' | 'status' | 'lapses'> & { ordering_key: string | null })
      | undefined
    return {
      id,
      organizationId,
      webhookId: row.webhook_id,
      eventId: row.event_id,
      createdAt: row.created_at,
      isFresh: row.is_fresh === 1,
      leasedAt: row.leased_at,
      leasedUntil: row.leased_until,
      attempts: before?.attempts ?? 0,
      status: before?.status ?? 'pending',
      lapses: before?.lapses ?? 0,
      orderingKey: before?.ordering_key ?? null,
    }
  })
}

/** The lapsed deliveries to hand out, and those to end. */
export function lapsedDeliveries(look: Look, limit: number): Lapsed {
  const { connection, now, webhooks } = look
  const lapsed: Lapsed = { due: [], crashed: [] }
  // Asked once, and only where there is a suspect to hand out.
  let isSuspectOut: boolean | undefined
  for (const lease of lapsedLeasesAt(connection, now)) {
    if (lapsed.due.length === limit) break
    const { id, organizationId, webhookId, eventId } = lease
    const webhook = webhooks.withRoom(organizationId, webhookId)
    if (webhook === null) continue
    if (lease.lapses + 1 >= maxLapses) {
      lapsed.crashed.push(lease)
      continue
    }
    const isSuspect = lease.lapses + 1 >= suspectLapses
    if (isSuspect) isSuspectOut ??= connection.get(suspectsOut, now) !== undefined
    if (isSuspect && isSuspectOut === true) continue
    const event = eventOf(look, organizationId, { id, event: { id: eventId } })
    if (event === null) continue
    if (isSuspect) isSuspectOut = true
    webhooks.give(organizationId, webhookId)
    lapsed.due.push({ ...lease, dueAt: lease.leasedUntil, webhook, event })
  }
  return lapsed
}

/** Notes that a worker vanished: what it sent, if anything, nobody knows. Answers how many attempts that makes. */
export function recordLapse(connection: Connection, lease: LapsedLease): number {
  const { id, organizationId, webhookId, isFresh, leasedAt } = lease
  const attempts = lease.attempts + 1
  if (isFresh) bringInDelivery(connection, organizationId, webhookId, id)
  connection.run(insertLost, id, attempts, leasedAt)
  connection.run(countLapse, attempts, organizationId, id)
  return attempts
}

/** Ends a delivery whose lease has lapsed. */
export function giveUpLapsed(
  connection: Connection,
  lease: LapsedLease,
  reason: 'worker_crash' | 'expired',
  now: number,
): GivenUp {
  endLapsed(connection, lease)
  const row = connection.get(giveUp, reason, now, lease.organizationId, lease.id) as GivenUpRow
  noteGivenUp(connection, row, reason, now)
  return readGivenUp(row)
}

/** Notes that a worker vanished, and leaves the delivery to nobody. */
export function endLapsed(connection: Connection, lease: LapsedLease): void {
  recordLapse(connection, lease)
  connection.run(endLease, lease.id)
}
