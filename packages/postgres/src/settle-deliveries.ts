import {
  type Attempt,
  type Audit,
  type AuditHead,
  factOf,
  type Settlement,
  type SettleOptions,
  type StoredWebhook,
} from '@leadhooks/core/storage'
import { appendEntry, readWebhook, type Sql } from '@leadhooks/sql'
import { codec } from './codec.ts'
import { noteFacts } from './note-facts.ts'
import type { Database, Session } from './database.ts'
import { moveToFinished } from './finished-deliveries.ts'
import type { LaneName } from './insert-events.ts'
import { nowOr } from './now.ts'
import { runSteps } from './run-steps.ts'
import { statement } from './statement.ts'

/**
 * The whole batch by one statement. Only the holder of the lease gets to change a delivery. Finished ones move out of the
 * queue; those to be tried again stay in it, due later.
 */
const settle = statement(`
  with input as (select ${nowOr('$1')} as now),
  result as materialized (
    select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::integer[], $8::timestamptz[],
      $9::float8[], $10::text[], $11::text[], $12::text[], $13::integer[], $14::text[], $15::text[], $16::text[])
    as result (id, lease, status, reason, delay_ms, number, started_at, duration_ms, outcome, failure, message, status_code,
      response_body, batch, fact)
  ), finished as (
    delete from leadhooks.queue using result
    where queue.id = result.id and queue.lease::text = result.lease and result.status <> 'retrying'
    returning queue.id, organization_id, webhook_id, event_id, replay_of, replay_root, replay_depth, created_at, ordering_key,
      result.status, result.reason, coalesce(result.number, queue.attempts) as attempts,
      case when result.number is null then queue.status_code else result.status_code end as status_code,
      case when result.number is null then queue.failure else result.failure end as failure
  ), moved as (
    ${moveToFinished('finished', { status: 'status', reason: 'reason' })}
    returning id, organization_id, webhook_id, event_type
  ), waiting as (
    update leadhooks.queue set status = case when result.number is null then queue.status else 'retrying' end,
      -- A part of a millisecond is rounded up: nothing is due before its time.
      due_at = input.now + ceil(result.delay_ms) * interval '1 millisecond',
      attempts = coalesce(result.number, queue.attempts),
      status_code = case when result.number is null then queue.status_code else result.status_code end,
      failure = case when result.number is null then queue.failure else result.failure end,
      lease = null, leased_until = null, lapses = 0
    from input, result
    where queue.id = result.id and queue.lease::text = result.lease and result.status = 'retrying'
    returning queue.id, queue.organization_id, queue.webhook_id, (
      select type from leadhooks.events where organization_id = queue.organization_id and id = queue.event_id) as event_type
  ), written as (
    select id, organization_id, case when ordering_key is not null then webhook_id end as next_of from finished
    union all select id, null, null from waiting
  ), attempt as (
    insert into leadhooks.attempts (delivery_id, number, started_at, duration_ms, outcome, failure, message, status_code,
      response_body, batch)
    select id, number, started_at, duration_ms, outcome, failure, message, status_code, response_body, batch::jsonb
    from written join result using (id) where number is not null
  ), settled as (
    select * from moved union all select * from waiting
  ), noted as (
    ${noteFacts('settled join result using (id)')}
  )
  select id, organization_id, next_of from written`)

const disableWebhooks = statement(`
  update leadhooks.webhooks as webhook
  set enabled = false, disabled_reason = disabling.reason, disabled_at = disabling.now, updated_at = disabling.now
  from (
    select ${nowOr('$1')} as now, delivery_id, reason from unnest($2::text[], $3::text[]) as disabling (delivery_id, reason)
  ) as disabling
  join leadhooks.deliveries as delivery on delivery.id = disabling.delivery_id
  where webhook.id = delivery.webhook_id and webhook.enabled
  returning webhook.*`)

/** A request that the receiver saw is kept, though its result came too late to count. */
const supersede = statement(`
  with kept as (
  insert into leadhooks.attempts (delivery_id, number, started_at, duration_ms, outcome, failure, message, status_code,
    response_body, batch)
  select late.delivery_id, number, started_at, duration_ms, 'superseded', failure, message, status_code,
    case when event.body is distinct from '' then response_body end, batch::jsonb
  from unnest($1::text[], $2::integer[], $3::timestamptz[], $4::float8[], $5::text[], $6::text[], $7::integer[], $8::text[],
    $9::text[]) as late (delivery_id, number, started_at, duration_ms, failure, message, status_code, response_body, batch)
  -- Of one that is being redacted its end is waited for.
  left join lateral (
    select body from leadhooks.events as event join leadhooks.deliveries as delivery
      on event.organization_id = delivery.organization_id and event.id = delivery.event_id
    where delivery.id = late.delivery_id for share of event
  ) as event on true
  where exists (
      select from leadhooks.attempts as lost
      where lost.delivery_id = late.delivery_id and lost.number = late.number and outcome = 'lost')
    or exists (select from leadhooks.deliveries where id = late.delivery_id and status = 'cancelled')
  order by late.delivery_id, number
  on conflict (delivery_id, number) do update set
    outcome = 'superseded', started_at = excluded.started_at, duration_ms = excluded.duration_ms,
    failure = excluded.failure, message = excluded.message, status_code = excluded.status_code,
    -- One that is marked is of an event that was redacted.
    response_body = case when attempts.response_body is null then excluded.response_body end, batch = excluded.batch
  where attempts.outcome = 'lost'
  returning delivery_id, number
  )
  -- One that was cancelled meanwhile counted none of it. What was lost is counted already.
  update leadhooks.deliveries as delivery set attempts = kept.number from kept
  where delivery.id = kept.delivery_id and delivery.attempts < kept.number`)

/** What was written of a claim. */
interface WrittenRow {
  id: string
  organization_id: string | null
  /** The webhook to which the next one of its ordering key may go. */
  next_of: string | null
}

/** Writes what came of claims. Answers which of them still held their lease. `onNext` is told where others may go now. */
export async function settleDeliveries(
  database: Database,
  sql: Sql,
  settlements: readonly Settlement[],
  options: Omit<SettleOptions, 'now'> & { now: Date | null; onNext: (lane: LaneName) => void },
): Promise<boolean[]> {
  const { now, audit, onDisabled, onNext } = options
  const isQuiet = settlements.every(({ disableWebhook }) => disableWebhook === undefined)
  let disabled: StoredWebhook[] = []
  let heads: AuditHead[] = []
  const rows = isQuiet
    ? await write(database, settlements, now)
    : await database.transaction(async (session) => {
        const rows = await write(session, settlements, now)
        disabled = await disable(session, settlements, idsOf(rows), now)
        heads = audit === undefined ? [] : await recordDisabled(session, sql, disabled, audit)
        return rows
      })
  const written = idsOf(rows)
  for (const { organization_id: organizationId, next_of: webhookId } of rows)
    if (organizationId !== null && webhookId !== null) onNext({ organizationId, webhookId })
  for (const head of heads) audit?.written(head)
  for (const { organizationId, id } of disabled) onDisabled?.({ organizationId, id })
  const late = settlements.filter(({ id }) => !written.has(id))
  if (late.length > 0) await keepLate(database, late)
  return settlements.map(({ id }) => written.has(id))
}

/** So many results are written by a plan that is kept; it is for a few that making one takes longer than running it. */
const smallBatch = 8

async function write(
  session: Pick<Session, 'rows' | 'rowsPlannedAnew'>,
  settlements: readonly Settlement[],
  now: Date | null,
): Promise<WrittenRow[]> {
  const columns: unknown[][] = Array.from({ length: 15 }, () => [])
  for (const settlement of settlements) {
    const { id, lease, attempt, next } = settlement
    const reason = 'reason' in next ? next.reason : null
    const delayMs = next.status === 'retrying' ? next.delayMs : null
    const sent = [
      attempt?.number,
      attempt?.startedAt,
      attempt?.durationMs,
      attempt?.outcome,
      attempt?.failure,
    ]
    const answer = [attempt?.message, attempt?.statusCode, attempt?.responseBody, batchOf(attempt)]
    const row = [id, lease, next.status, reason, delayMs, ...sent, ...answer, factOf(settlement)]
    row.forEach((value, column) => columns[column]?.push(value ?? null))
  }
  const values = [now, ...columns]
  return settlements.length <= smallBatch
    ? session.rows<WrittenRow>(settle, values)
    : session.rowsPlannedAnew<WrittenRow>(settle, values)
}

function idsOf(rows: readonly WrittenRow[]): Set<string> {
  return new Set(rows.map(({ id }) => id))
}

async function disable(
  session: Session,
  settlements: readonly Settlement[],
  written: ReadonlySet<string>,
  now: Date | null,
): Promise<StoredWebhook[]> {
  const disabling = settlements.filter(({ id, disableWebhook }) => disableWebhook && written.has(id))
  const ids = disabling.map(({ id }) => id)
  const reasons = disabling.map(({ disableWebhook }) => disableWebhook)
  const rows = await session.rows<Parameters<typeof readWebhook>[1]>(disableWebhooks, [now, ids, reasons])
  return rows.map((row) => readWebhook(codec, row))
}

/** Of several organizations their heads are locked in one order, so that no two settlements wait for each other in a circle. */
async function recordDisabled(
  session: Session,
  sql: Sql,
  disabled: readonly StoredWebhook[],
  audit: Audit<StoredWebhook>,
): Promise<AuditHead[]> {
  const heads: AuditHead[] = []
  for (const after of [...disabled].sort((a, b) => (a.organizationId < b.organizationId ? -1 : 1))) {
    const before = { ...after, enabled: true, disabledReason: null, disabledAt: null }
    const head = await runSteps(session, appendEntry(sql, after.organizationId, audit, before, after))
    if (head !== null) heads.push(head)
  }
  return heads
}

async function keepLate(database: Database, settlements: readonly Settlement[]): Promise<void> {
  const late = settlements.flatMap(({ id, attempt }) => (attempt === null ? [] : [{ id, attempt }]))
  if (late.length === 0) return
  const attempts = late.map(({ attempt }) => attempt)
  await database.rows(supersede, [
    late.map(({ id }) => id),
    attempts.map(({ number }) => number),
    attempts.map(({ startedAt }) => startedAt),
    attempts.map(({ durationMs }) => durationMs),
    attempts.map(({ failure }) => failure),
    attempts.map(({ message }) => message),
    attempts.map(({ statusCode }) => statusCode),
    attempts.map(({ responseBody }) => responseBody),
    attempts.map(batchOf),
  ])
}

function batchOf(attempt: Attempt | null): string | null {
  return attempt === null || attempt.batch === null ? null : codec.json.write(attempt.batch)
}
