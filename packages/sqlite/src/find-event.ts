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

const byChosenId = `
  select ${columns} from leadhooks_events indexed by leadhooks_events_by_id
  where organization_id = ? and id = ? and is_dated = 0`

/**
 * An id that tells when its event was created leads to it by the index that the list needs anyway. Such an id may have
 * come with another time all the same, so the index of all other ids is asked as well.
 */
export function findEventRow(connection: Connection, { organizationId, id }: Scoped): EventRow | undefined {
  const time = timeOfEventId(id)
  const dated = time === null ? undefined : connection.get<EventRow>(byDatedId, organizationId, time, id)
  return dated ?? connection.get<EventRow>(byChosenId, organizationId, id)
}

export function findEvent(connection: Connection, event: Scoped): StoredEvent | null {
  const row = findEventRow(connection, event)
  return row === undefined ? null : readEvent(codec, row)
}
