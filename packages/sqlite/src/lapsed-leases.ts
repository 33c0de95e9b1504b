import type { Connection } from './connection.ts'
import { type Candidate, type Due, eventOf, type Look } from './due-deliveries.ts'
import { bringInDelivery } from './fresh-deliveries.ts'

/** So many workers in a row may vanish over a delivery. Then it is taken to be the reason. */
const maxLapses = 5

/** What a vanished worker left behind. */
export interface LapsedRow extends Candidate {
  organization_id: string
  webhook_id: string
  leased_at: number
  lapses: number
}

export interface Lapsed {
  /** To be given to another worker. */
  due: (Due & LapsedRow)[]
  /** To be given to nobody any more. */
  crashed: LapsedRow[]
}

/** `condition` is on the leases. A delivery that is still fresh has neither attempts nor lapses. */
export const lapsedRows = (condition: string): string => `
  select lease.delivery_id as id, lease.organization_id, lease.webhook_id, lease.event_seq, delivery.event_id,
    coalesce(fresh.created_at, delivery.created_at) as created_at, lease.leased_until as due_at,
    coalesce(delivery.attempts, 0) as attempts, coalesce(delivery.lapses, 0) as lapses, lease.leased_at
  from leadhooks_leases as lease indexed by leadhooks_leases_by_time
  left join leadhooks_deliveries as delivery
    on delivery.organization_id = lease.organization_id and delivery.id = lease.delivery_id
  left join leadhooks_fresh_deliveries as fresh
    on fresh.organization_id = lease.organization_id and fresh.webhook_id = lease.webhook_id
    and fresh.id = lease.delivery_id
  where ${condition}
  order by lease.leased_until`

const lapsedLeases = lapsedRows('lease.leased_until <= ?')

const insertLost = `
  insert into leadhooks_attempts (delivery_id, number, started_at, outcome) values (?, ?, ?, 'lost')`

const countLapse = `
  update leadhooks_deliveries set attempts = ?, lapses = lapses + 1, status_code = null, failure = null
  where organization_id = ? and id = ?`

const giveUp = `
  update leadhooks_deliveries set status = 'dead_letter', reason = ?, next_attempt_at = null, finished_at = ?
  where organization_id = ? and id = ?`

const endLease = `delete from leadhooks_leases where delivery_id = ?`

/** Leases that have run out, the first to do so first. There are never more than workers have had in hand. */
export function lapsedDeliveries(look: Look, limit: number): Lapsed {
  const { connection, now, webhooks } = look
  const lapsed: Lapsed = { due: [], crashed: [] }
  for (const row of connection.all<LapsedRow>(lapsedLeases, now)) {
    if (lapsed.due.length === limit) break
    const { organization_id: organizationId, webhook_id: webhookId } = row
    const webhook = webhooks.withRoom(organizationId, webhookId)
    if (webhook === null) continue
    if (row.lapses + 1 >= maxLapses) {
      lapsed.crashed.push(row)
      continue
    }
    const event = eventOf(look, organizationId, row)
    if (event === null) continue
    webhooks.give(organizationId, webhookId)
    lapsed.due.push({ ...row, organizationId, webhook, event })
  }
  return lapsed
}

/** Notes that a worker vanished: what it sent, if anything, nobody knows. Answers how many attempts that makes. */
export function recordLapse(connection: Connection, row: LapsedRow): number {
  const { id, organization_id: organizationId, webhook_id: webhookId, event_seq: seq } = row
  const attempts = row.attempts + 1
  if (seq !== null) bringInDelivery(connection, organizationId, webhookId, id)
  connection.run(insertLost, id, attempts, row.leased_at)
  connection.run(countLapse, attempts, organizationId, id)
  return attempts
}

/** Ends a delivery whose lease has lapsed. */
export function giveUpLapsed(
  connection: Connection,
  row: LapsedRow,
  reason: 'worker_crash' | 'expired',
  now: number,
): void {
  recordLapse(connection, row)
  connection.run(giveUp, reason, now, row.organization_id, row.id)
  connection.run(endLease, row.id)
}
