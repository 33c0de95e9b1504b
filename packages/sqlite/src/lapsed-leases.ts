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

interface LeaseRow {
  id: string
  organization_id: string
  webhook_id: string
  event_seq: number | null
  created_at: number
  leased_at: number
  leased_until: number
}

const lapsedLeases = `
  select delivery_id as id, organization_id, webhook_id, event_seq, created_at, leased_at, leased_until
  from leadhooks_leases indexed by leadhooks_leases_by_time
  where leased_until <= ? order by leased_until`

type SoFar = Pick<LapsedRow, 'attempts' | 'lapses' | 'event_id'>

const nothing: SoFar = { attempts: 0, lapses: 0, event_id: null }

const soFar = `
  select attempts, lapses, event_id from leadhooks_deliveries where organization_id = ? and id = ?`

const insertLost = `
  insert into leadhooks_attempts (delivery_id, number, started_at, outcome) values (?, ?, ?, 'lost')`

const countLapse = `
  update leadhooks_deliveries set attempts = ?, lapses = lapses + 1, status_code = null, failure = null
  where organization_id = ? and id = ?`

const giveUp = `
  update leadhooks_deliveries set status = 'dead_letter', reason = ?, next_attempt_at = null, finished_at = ?
  where organization_id = ? and id = ?`

const endLease = `delete from leadhooks_leases where delivery_id = ?`

/** What lies under leases that have run out, the first to do so first. There is never more than workers had in hand. */
export function* lapsedRows(connection: Connection, now: number): Generator<LapsedRow> {
  for (const lease of connection.all<LeaseRow>(lapsedLeases, now)) {
    const { id, organization_id: organizationId, event_seq: seq, leased_until: due_at } = lease
    // Nothing has come of a fresh delivery so far.
    const rows = seq === null ? connection.all<SoFar>(soFar, organizationId, id) : [nothing]
    for (const row of rows) yield { ...lease, ...row, due_at }
  }
}

/** The lapsed deliveries to hand out, and those to end. */
export function lapsedDeliveries(look: Look, limit: number): Lapsed {
  const { connection, now, webhooks } = look
  const lapsed: Lapsed = { due: [], crashed: [] }
  for (const row of lapsedRows(connection, now)) {
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
