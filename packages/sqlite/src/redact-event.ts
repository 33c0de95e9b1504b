import type { Audit, AuditHead, Scoped, StoredEvent } from '@leadhooks/core/storage'
import { appendEntry, readEvent, type Sql } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { fanOut } from './fan-out.ts'
import { findEventRow } from './find-event.ts'
import { bringInDelivery } from './fresh-deliveries.ts'
import { endLease } from './leases.ts'
import { runSteps } from './run-steps.ts'

const removeBody = `update leadhooks_events set body = '' where seq = ?`

const deliveries = `
  select listed.value ->> 0 as webhook_id, listed.value ->> 1 as id
  from leadhooks_events as event cross join json_each(iif(json_valid(event.deliveries), event.deliveries, null)) as listed
  where event.seq = ?
  union all
  select webhook_id, id from leadhooks_deliveries indexed by leadhooks_replays
  where replay_of is not null and organization_id = ? and event_id = ?`

const cancel = `
  update leadhooks_deliveries set status = 'cancelled', reason = 'redacted', next_attempt_at = null, finished_at = ?
  where organization_id = ? and id = ? and finished_at is null`

const removeShaped = `delete from leadhooks_delivery_bodies where delivery_id = ?`

/** A lost attempt of which a worker may still tell is marked, so that what it brings then is not kept. */
const removeAnswers = `
  update leadhooks_attempts set response_body = iif(outcome = 'lost', '', null)
  where delivery_id = ? and (response_body is not null or outcome = 'lost')`

export interface Redacted {
  event: StoredEvent | null
  /** The head of the audit log, where it has another one. */
  head: AuditHead | null
}

/** Removes the data of an event, as part of the transaction that is open. */
export function redactEvent(
  connection: Connection,
  sql: Sql,
  event: Scoped,
  now: number,
  audit: Audit<StoredEvent> | undefined,
): Redacted {
  const { organizationId, id } = event
  fanOut(connection)
  const row = findEventRow(connection, event)
  if (row === undefined) return { event: null, head: null }
  const before = readEvent(codec, row)
  if (before.body === '') return { event: before, head: null }
  connection.run(removeBody, row.seq)
  const own = connection.all<{ webhook_id: string; id: string }>(deliveries, row.seq, organizationId, id)
  for (const { webhook_id: webhookId, id: deliveryId } of own) {
    bringInDelivery(connection, organizationId, webhookId, deliveryId)
    connection.run(cancel, now, organizationId, deliveryId)
    connection.run(endLease, deliveryId)
    connection.run(removeShaped, deliveryId)
    connection.run(removeAnswers, deliveryId)
  }
  const after = { ...before, body: '' }
  if (audit === undefined) return { event: after, head: null }
  return { event: after, head: runSteps(connection, appendEntry(sql, organizationId, audit, before, after)) }
}
