import type { Scoped, StoredEvent } from '@leadhooks/core/storage'
import { readEvent, type Sql } from '@leadhooks/sql'

export async function findEvent(
  { db, codec, runner }: Sql,
  { organizationId, id }: Scoped,
): Promise<StoredEvent | null> {
  const query = db
    .selectFrom('events')
    .select([
      'id',
      'organization_id',
      'type',
      'body',
      'channels',
      'ordering_key',
      'traceparent',
      'created_at',
    ])
  const [row] = await runner.rows(query.where('organization_id', '=', organizationId).where('id', '=', id))
  return row === undefined ? null : readEvent(codec, row)
}
