import type { ClaimedDelivery, Scoped, StoredEvent } from '@leadhooks/core/storage'
import { type Columns, readEvent } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { timeOfEventId } from './id-time.ts'

export interface EventRow extends Columns<StoredEvent> {
  seq: number
}

const columns = 'seq, organization_id, id, type, body, channels, ordering_key, traceparent, created_at'

const byDatedId = `
  select ${columns} from leadhooks_events indexed by leadhooks_events_by_age
  where organization_id = ? and created_at = ? and id = ?`

const byOtherId = `
  select ${columns} from leadhooks_events indexed by leadhooks_events_by_id
  where organization_id = ? and id = ? and is_dated = 0`

const sendableBySeq = `select id, type, body, traceparent from leadhooks_events where seq = ?`

export function findEventRow(connection: Connection, { organizationId, id }: Scoped): EventRow | undefined {
  const time = timeOfEventId(id)
  const dated = time === null ? undefined : connection.get(byDatedId, organizationId, time, id)
  return (dated ?? connection.get(byOtherId, organizationId, id)) as EventRow | undefined
}

export function findEvent(connection: Connection, event: Scoped): StoredEvent | null {
  const row = findEventRow(connection, event)
  return row === undefined ? null : readEvent(codec, row)
}

/** Where an event is to be found by its id. */
export interface Place {
  /** Whether the id says when the event was created, as those that Leadhooks makes do: then the index by age finds it. */
  isDated: boolean
  /** Whether there is an event of that id in the other index. It can have come with another time. */
  isTaken: boolean
}

export function placeOf(connection: Connection, event: StoredEvent): Place {
  const { id, organizationId } = event
  const time = timeOfEventId(id)
  if (time === null) return { isDated: false, isTaken: false }
  const isDated = time === event.createdAt.getTime()
  const other = isDated
    ? connection.get(byOtherId, organizationId, id)
    : connection.get(byDatedId, organizationId, time, id)
  return { isDated, isTaken: other !== undefined }
}

/** What is sent of an event. */
export function sendableEvent(connection: Connection, seq: number): ClaimedDelivery['event'] | undefined {
  return connection.get(sendableBySeq, seq) as ClaimedDelivery['event'] | undefined
}
