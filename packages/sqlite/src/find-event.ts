import type { ClaimedDelivery, Scoped, StoredEvent } from '@leadhooks/core/storage'
import { type Columns, corrupt, readEvent } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { timeOfEventId } from './id-time.ts'

export interface EventRow extends Columns<StoredEvent> {
  seq: number
}

type EventName = Pick<StoredEvent, 'id' | 'type'>

const columns = 'seq, organization_id, id, type, body, created_at'

const byDatedId = `
  select ${columns} from leadhooks_events indexed by leadhooks_events_by_age
  where organization_id = ? and created_at = ? and id = ?`

const byOtherId = `
  select ${columns} from leadhooks_events indexed by leadhooks_events_by_id
  where organization_id = ? and id = ? and is_dated = 0`

const nameBySeq = `select id, type from leadhooks_events where seq = ?`

const sendableBySeq = `select id, type, body from leadhooks_events where seq = ?`

/**
 * Whether the id says when the event was created, as the ids that Leadhooks makes do. The index by age leads to such an
 * event; all others have an index by id, too.
 */
export function isDated({ id, createdAt }: Pick<StoredEvent, 'id' | 'createdAt'>): boolean {
  return timeOfEventId(id) === createdAt.getTime()
}

export function findEventRow(connection: Connection, { organizationId, id }: Scoped): EventRow | undefined {
  const time = timeOfEventId(id)
  const dated = time === null ? undefined : connection.get(byDatedId, organizationId, time, id)
  return (dated ?? connection.get(byOtherId, organizationId, id)) as EventRow | undefined
}

export function findEvent(connection: Connection, event: Scoped): StoredEvent | null {
  const row = findEventRow(connection, event)
  return row === undefined ? null : readEvent(codec, row)
}

/** Whether an event of the same id is in the index that this one does not go to: it may have come with another time. */
export function isInOtherIndex(connection: Connection, event: StoredEvent): boolean {
  const { id, organizationId } = event
  const time = timeOfEventId(id)
  if (time === null) return false
  const other = isDated(event)
    ? connection.get(byOtherId, organizationId, id)
    : connection.get(byDatedId, organizationId, time, id)
  return other !== undefined
}

/** What is sent of an event. */
export function sendableEvent(connection: Connection, seq: number): ClaimedDelivery['event'] | undefined {
  return connection.get(sendableBySeq, seq) as ClaimedDelivery['event'] | undefined
}

/** What a delivery keeps of its event. */
export function eventName(connection: Connection, seq: number): EventName {
  const event = connection.get(nameBySeq, seq) as EventName | undefined
  if (event === undefined) throw corrupt('events', seq, 'it is not there, and a delivery needs it')
  return event
}
