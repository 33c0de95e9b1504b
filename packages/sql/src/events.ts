import type { EventStorage, StoredEvent } from '@leadhooks/core/storage'
import type { Codec } from './codec.ts'
import { behind } from './newest-first.ts'
import { fromRow, rowMapping } from './row-mapping.ts'
import type { Sql } from './sql-runner.ts'
import type { Columns } from './tables.ts'

const mapping = rowMapping<StoredEvent>('events', {
  id: 'text',
  organizationId: 'text',
  type: 'text',
  body: 'text',
  channels: 'json',
  orderingKey: 'text',
  traceparent: 'text',
  createdAt: 'date',
})

export function eventListing({ db, codec, runner }: Sql): Pick<EventStorage<never>, 'listEvents'> {
  return {
    async listEvents({ organizationId, type, limit, after }) {
      let query = db
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
        .where('organization_id', '=', organizationId)
        .where(behind(codec, after))
      if (type !== undefined) query = query.where('type', '=', type)
      const rows = await runner.rows(query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))
      return rows.map((row) => readEvent(codec, row))
    },
  }
}

export function readEvent(codec: Codec, row: Columns<StoredEvent>): StoredEvent {
  return fromRow(mapping, codec, row)
}
