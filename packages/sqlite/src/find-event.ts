import type { Scoped, StoredEvent } from '@leadhooks/core/storage'
import { type Columns, readEvent } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { timeOfEventId } from './id-time.ts'

export interface EventRow extends Columns<StoredEvent> {
  seq: number
  dispatched_at: number
}

const columns = 'seq, organization_id, id, type, body, created_at, dispatched_at'

const byDatedId = `
  select ${columns} from leadhooks_events indexed by leadhooks_events_by_age
  where organization_id = ? and created_at = ? and id = ?`

const byOtherId = `
  select ${columns} from leadhooks_events indexed by leadhooks_events_by_id
  where organization_id = ? and id = ? and is_dated = 0`

/**
 * Whether the id says when the event was created, as the ids that Leadhooks makes do. The index by age leads to such an
 * event; all others have an index by id, too.
 */
export function isDated({ id, createdAt }: Pick<StoredEvent, 'id' | 'createdAt'>): boolean {
  return timeOfEventId(id) === createdAt.getTime()
}

export function findEventRow(connection: Connection, { organizationId, id }: Scoped): EventRow | undefined {
  const time = timeOfEventId(id)
  const dated = time === null ? undefined : connection.get<EventRow>(byDatedId, organizationId, time, id)
  return dated ?? connection.get<EventRow>(byOtherId, organizationId, id)
}

export function findEvent(connection: Connection, event: Scoped): StoredEvent | null {
  const row = findEventRow(connection, event)
  return row === undefined ? null : readEvent(codec, row)
}

/** An event of the same id in the index that this one does not go to: it may have come with another time. */
export function findInOtherIndex(connection: Connection, event: StoredEvent): EventRow | undefined {
  const { id, organizationId, createdAt } = event
  const time = timeOfEventId(id)
  if (time === null) return undefined
  if (time === createdAt.getTime()) return connection.get(byOtherId, organizationId, id)
  return connection.get(byDatedId, organizationId, time, id)
}
