import type { Attempt, Settlement } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'

// Only the holder of the lease changes anything: its token is compared where the row is written.
const settleAttempt = `
  update leadhooks_deliveries
  set status = ?, reason = ?, next_attempt_at = ?, finished_at = ?, attempts = ?, status_code = ?, failure = ?,
    lease = null, leased_at = null, leased_until = null, lapses = 0
  where id = ? and lease = ?`

const settleUnsent = `
  update leadhooks_deliveries
  set status = ?, reason = ?, next_attempt_at = ?, finished_at = ?,
    lease = null, leased_at = null, leased_until = null, lapses = 0
  where id = ? and lease = ?`

const attemptColumns = `delivery_id, number, started_at, duration_ms, outcome, failure, message, status_code, response_body`

const insertAttempt = `
  insert into leadhooks_attempts (${attemptColumns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`

const replaceLost = `
  update leadhooks_attempts
  set started_at = ?, duration_ms = ?, outcome = 'superseded', failure = ?, message = ?, status_code = ?,
    response_body = ?
  where delivery_id = ? and number = ? and outcome = 'lost'`

const insertSuperseded = `
  insert into leadhooks_attempts (${attemptColumns})
  select id, ?, ?, ?, 'superseded', ?, ?, ?, ? from leadhooks_deliveries where id = ? and status = 'cancelled'
  on conflict do nothing`

const disableWebhook = `
  update leadhooks_webhooks set enabled = 0, disabled_reason = ?, disabled_at = ?, updated_at = ?
  where enabled = 1
    and (organization_id, id) = (select organization_id, webhook_id from leadhooks_deliveries where id = ?)`

/** Writes what came of claims, as part of the transaction that is open. Answers which of them still held their lease. */
export function settleDeliveries(connection: Connection, settlements: readonly Settlement[], now: number): boolean[] {
  return settlements.map((settlement) => settle(connection, settlement, now))
}

function settle(connection: Connection, settlement: Settlement, now: number): boolean {
  const { id, attempt, disableWebhook: reason } = settlement
  if (!endLease(connection, settlement, now)) {
    if (attempt !== null) supersede(connection, id, attempt)
    return false
  }
  if (attempt !== null) {
    const { number, startedAt, outcome } = attempt
    connection.run(insertAttempt, id, number, startedAt.getTime(), attempt.durationMs, outcome, ...answerOf(attempt))
  }
  if (reason !== undefined) connection.run(disableWebhook, reason, now, now, id)
  return true
}

function endLease(connection: Connection, { id, lease, attempt, next }: Settlement, now: number): boolean {
  const isRetry = next.status === 'retrying'
  const reason = next.status === 'dead_letter' ? next.reason : null
  // A part of a millisecond is rounded up: nothing is due before its time.
  const end = [next.status, reason, isRetry ? Math.ceil(now + next.delayMs) : null, isRetry ? null : now]
  const { changes } =
    attempt === null
      ? connection.run(settleUnsent, ...end, id, lease)
      : connection.run(settleAttempt, ...end, attempt.number, attempt.statusCode, attempt.failure, id, lease)
  return changes === 1
}

/** Keeps a request that the receiver saw, though its result came too late to count. */
function supersede(connection: Connection, id: string, attempt: Attempt): void {
  const { number, durationMs } = attempt
  const startedAt = attempt.startedAt.getTime()
  const answer = answerOf(attempt)
  if (connection.run(replaceLost, startedAt, durationMs, ...answer, id, number).changes === 1) return
  connection.run(insertSuperseded, number, startedAt, durationMs, ...answer, id)
}

function answerOf({ failure, message, statusCode, responseBody }: Attempt): unknown[] {
  return [failure, message, statusCode, responseBody]
}
