import { type Attempt, factOf, type Scoped, type Settlement } from '@leadhooks/core/storage'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { findEventRow } from './find-event.ts'
import { removeFresh } from './fresh-deliveries.ts'
import { endLease } from './leases.ts'
import { NotedFacts } from './settled-facts.ts'

/** A lease that is being ended. */
interface Held {
  organization_id: string
  webhook_id: string
  event_id: string
  event_type: string
  created_at: number
  is_fresh: number
}

// Only the holder of the lease gets to change the delivery. (`returning` would build a table for each row it returns.)
const findLease = `
  select organization_id, webhook_id, event_id, event_type, created_at, is_fresh
  from leadhooks_leases where delivery_id = ? and lease = ?`

const settleFresh = `
  insert into leadhooks_deliveries (status, reason, next_attempt_at, finished_at, attempts, status_code, failure,
    organization_id, id, webhook_id, event_id, event_type, created_at, lapses)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`

const settleAttempt = `
  update leadhooks_deliveries
  set status = ?, reason = ?, next_attempt_at = ?, finished_at = ?, attempts = ?, status_code = ?, failure = ?, lapses = 0
  where organization_id = ? and id = ?`

/** One that is put off keeps its status. */
const settleUnsent = `
  update leadhooks_deliveries set status = ifnull(?, status), reason = ?, next_attempt_at = ?, finished_at = ?, lapses = 0
  where organization_id = ? and id = ?`

/** The last attempt of a delivery that was never sent. */
const notSent = { number: 0, statusCode: null, failure: null }

const attemptColumns = `delivery_id, number, started_at, duration_ms, outcome, failure, message, status_code, response_body,
  batch`

const insertAttempt = `
  insert into leadhooks_attempts (${attemptColumns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const replaceLost = `
  update leadhooks_attempts
  set started_at = ?, duration_ms = ?, outcome = 'superseded', failure = ?, message = ?, status_code = ?,
    -- One that is marked is of an event that was redacted.
    response_body = iif(response_body is null, ?, null), batch = ?
  where delivery_id = ? and number = ? and outcome = 'lost'`

const insertSuperseded = `
  insert into leadhooks_attempts (${attemptColumns})
  select id, ?, ?, ?, 'superseded', ?, ?, ?, ?, ?
  from leadhooks_deliveries indexed by leadhooks_cancelled_deliveries where status = 'cancelled' and id = ?
  on conflict do nothing`

const cancelled = `
  select organization_id, event_id from leadhooks_deliveries indexed by leadhooks_cancelled_deliveries
  where status = 'cancelled' and id = ?`

/** One that was cancelled meanwhile counted none of it. */
const countAttempt = `
  update leadhooks_deliveries set attempts = max(attempts, ?) where organization_id = ? and id = ?`

const disableWebhook = `
  update leadhooks_webhooks set enabled = 0, disabled_reason = ?, disabled_at = ?, updated_at = ?
  where organization_id = ? and id = ? and enabled = 1`

/** Writes what came of claims, as part of the transaction that is open. Answers which of them still held their lease. */
export function settleDeliveries(
  connection: Connection,
  settlements: readonly Settlement[],
  now: number,
  onDisabled: (webhook: Scoped) => void,
): boolean[] {
  const noted = new NotedFacts()
  const written = settlements.map((settlement) => {
    const held = settle(connection, settlement, now, onDisabled)
    if (held !== undefined) noted.add(held, factOf(settlement))
    return held !== undefined
  })
  noted.write(connection, now)
  return written
}

/** Answers the lease that it ended; undefined for a settlement that comes too late. */
function settle(
  connection: Connection,
  settlement: Settlement,
  now: number,
  onDisabled: (webhook: Scoped) => void,
): Held | undefined {
  const { id, lease, attempt, disableWebhook: reason } = settlement
  const held = connection.get(findLease, id, lease) as Held | undefined
  if (held === undefined) {
    if (attempt !== null) supersede(connection, id, attempt)
    return undefined
  }
  connection.run(endLease, id)
  moveOn(connection, held, settlement, now)
  if (attempt !== null) {
    const { number, startedAt, durationMs, outcome } = attempt
    connection.run(insertAttempt, id, number, startedAt.getTime(), durationMs, outcome, ...answerOf(attempt))
  }
  if (reason !== undefined) {
    const webhook = { organizationId: held.organization_id, id: held.webhook_id }
    const { changes } = connection.run(disableWebhook, reason, now, now, webhook.organizationId, webhook.id)
    if (changes === 1) onDisabled(webhook)
  }
  return held
}

function moveOn(connection: Connection, held: Held, { id, attempt, next }: Settlement, now: number): void {
  const { organization_id: organizationId, webhook_id: webhookId } = held
  const isPutOff = attempt === null && next.status === 'retrying'
  const status = isPutOff ? null : next.status
  const reason = 'reason' in next ? next.reason : null
  // A part of a millisecond is rounded up: nothing is due before its time.
  const dueAt = next.status === 'retrying' ? Math.ceil(now + next.delayMs) : null
  const finishedAt = next.status === 'retrying' ? null : now
  const { number, statusCode, failure } = attempt ?? notSent
  // Value by value: spread from lists, each result would leave more than 1 KB of garbage.
  if (held.is_fresh === 1) {
    const { event_id, event_type, created_at } = held
    connection.run(
      settleFresh,
      status ?? 'pending',
      reason,
      dueAt,
      finishedAt,
      number,
      statusCode,
      failure,
      organizationId,
      id,
      webhookId,
      event_id,
      event_type,
      created_at,
    )
    removeFresh(connection, organizationId, webhookId, id)
  } else if (attempt === null) {
    connection.run(settleUnsent, status, reason, dueAt, finishedAt, organizationId, id)
  } else {
    connection.run(
      settleAttempt,
      status,
      reason,
      dueAt,
      finishedAt,
      number,
      statusCode,
      failure,
      organizationId,
      id,
    )
  }
}

/** Keeps a request that the receiver saw, though its result came too late to count. */
function supersede(connection: Connection, id: string, attempt: Attempt): void {
  const { number, durationMs } = attempt
  const startedAt = attempt.startedAt.getTime()
  const answer = answerOf(attempt)
  if (connection.run(replaceLost, startedAt, durationMs, ...answer, id, number).changes === 1) return
  const delivery = connection.get(cancelled, id) as Pick<Held, 'organization_id' | 'event_id'> | undefined
  if (delivery === undefined) return
  const { organization_id: organizationId, event_id: eventId } = delivery
  const isRedacted = findEventRow(connection, { organizationId, id: eventId })?.body === ''
  const kept = isRedacted ? answerOf({ ...attempt, responseBody: null }) : answer
  connection.run(insertSuperseded, number, startedAt, durationMs, ...kept, id)
  connection.run(countAttempt, number, organizationId, id)
}

function answerOf({ failure, message, statusCode, responseBody, batch }: Attempt): unknown[] {
  return [failure, message, statusCode, responseBody, batch && codec.json.write(batch)]
}
