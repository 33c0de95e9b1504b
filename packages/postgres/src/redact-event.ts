import type { Audit, AuditHead, Scoped, StoredEvent } from '@leadhooks/core/storage'
import { appendEntry, readEvent, type Sql } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Database } from './database.ts'
import { moveToFinished } from './finished-deliveries.ts'
import { nowOr } from './now.ts'
import { runSteps } from './run-steps.ts'
import { statement } from './statement.ts'

const find = statement(`
  select * from leadhooks.events
  where organization_id = $1::text and id = $2::text for update`)

const removeBody = statement(`
  update leadhooks.events set body = '' where organization_id = $1::text and id = $2::text`)

/** The deliveries that the dispatch of an event made, by how their ids begin, and all replays of them. */
const ofEvent = (table: string): string => `
  select id from leadhooks.${table} where id > $3::text and id < $3::text || '~' and organization_id = $1::text and event_id = $2::text
  union all
  select id from leadhooks.${table} where organization_id = $1::text and event_id = $2::text and replay_of is not null`

const cancel = statement(`
  with input as (select ${nowOr('$4')} as now),
  unfinished as (
    delete from leadhooks.queue where id = any(array(${ofEvent('queue')})) returning *
  )
  ${moveToFinished('unfinished', { status: `'cancelled'`, reason: `'redacted'` })}`)

const removeShaped = statement(`
  delete from leadhooks.delivery_bodies where delivery_id = any(array(${ofEvent('deliveries')}))`)

/** A lost attempt of which a worker may still tell is marked, so that what it brings then is not kept. */
const removeAnswers = statement(`
  update leadhooks.attempts set response_body = case when outcome = 'lost' then '' end
  where delivery_id = any(array(${ofEvent('deliveries')})) and (response_body is not null or outcome = 'lost')`)

type EventRow = Parameters<typeof readEvent>[1] & { deliveries: string }

/**
 * Removes the data of an event in one transaction. The event is locked first: what is to repeat it waits, and finds it without data.
 * Then its deliveries leave the queue: what was just being settled is written by then, and what is settled later comes too late.
 */
export async function redactEvent(
  database: Database,
  sql: Sql,
  { organizationId, id }: Scoped,
  now: Date | null,
  audit: Audit<StoredEvent> | undefined,
): Promise<StoredEvent | null> {
  let head: AuditHead | null = null
  const redacted = await database.transaction(async (session) => {
    head = null
    const [row] = await session.rows<EventRow>(find, [organizationId, id])
    if (row === undefined) return null
    const before = readEvent(codec, row)
    if (before.body === '') return before
    const key = [organizationId, id]
    await session.rows(removeBody, key)
    await session.rows(cancel, [...key, row.deliveries, now])
    await session.rows(removeShaped, [...key, row.deliveries])
    await session.rows(removeAnswers, [...key, row.deliveries])
    const after = { ...before, body: '' }
    if (audit !== undefined)
      head = await runSteps(session, appendEntry(sql, organizationId, audit, before, after))
    return after
  })
  if (head !== null) audit?.written(head)
  return redacted
}
