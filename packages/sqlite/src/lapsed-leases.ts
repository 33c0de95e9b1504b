import type { Connection } from './connection.ts'
import { type Candidate, type Due, eventOf, type Look } from './due-deliveries.ts'

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

const lapsedRows = `
  select id, organization_id, webhook_id, null as event_seq, event_id, created_at, leased_until as due_at, attempts,
    leased_at, lapses
  from leadhooks_deliveries indexed by leadhooks_leased_deliveries
  where lease is not null and leased_until <= ? order by leased_until`

const insertLost = `
  insert into leadhooks_attempts (delivery_id, number, started_at, outcome) values (?, ?, ?, 'lost')`

const giveUp = `
  update leadhooks_deliveries
  set status = 'dead_letter', reason = ?, attempts = ?, status_code = null, failure = null, next_attempt_at = null,
    finished_at = ?, lease = null, leased_at = null, leased_until = null
  where id = ?`

/** Leases that have run out, the first to do so first. There are never more than workers have had in hand. */
export function lapsedDeliveries(look: Look, limit: number): Lapsed {
  const { connection, now, webhooks } = look
  const lapsed: Lapsed = { due: [], crashed: [] }
  for (const row of connection.all<LapsedRow>(lapsedRows, now)) {
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

/** Notes that a worker vanished: what it sent, if anything, nobody knows. Answers the number of that attempt. */
export function recordLost(connection: Connection, row: Pick<LapsedRow, 'id' | 'attempts' | 'leased_at'>): number {
  const number = row.attempts + 1
  connection.run(insertLost, row.id, number, row.leased_at)
  return number
}

/** Ends a delivery whose lease has lapsed. */
export function giveUpLapsed(
  connection: Connection,
  row: Pick<LapsedRow, 'id' | 'attempts' | 'leased_at'>,
  reason: 'worker_crash' | 'expired',
  now: number,
): void {
  connection.run(giveUp, reason, recordLost(connection, row), now, row.id)
}
