import type { Delivery, DeliveryQuery } from '@leadhooks/core/storage'
import { type Columns, deliveryColumns, type DeliveryLayout } from '@leadhooks/sql'
import { type RawBuilder, sql } from 'kysely'
import type { Schema } from './schema.ts'

const columns = sql.raw(deliveryColumns.join(', '))

/**
 * The rows of the queue with the columns of a delivery. One whose webhook is no more is cancelled: it was made while that was
 * being deleted.
 */
const unfinished = `
  select queue.id, queue.organization_id, queue.webhook_id, queue.event_id, event.type as event_type,
    case when webhook.id is null then 'cancelled' else queue.status end as status,
    case when webhook.id is null then 'webhook_deleted' end as reason,
    queue.attempts, case when webhook.id is not null then queue.due_at end as next_attempt_at,
    queue.status_code, queue.failure, queue.replay_of, queue.replay_root, queue.created_at,
    case when webhook.id is null then queue.created_at end as finished_at, null::timestamptz as resolved_at
  from leadhooks.queue
  join leadhooks.events as event on event.organization_id = queue.organization_id and event.id = queue.event_id
  left join leadhooks.webhooks as webhook on webhook.id = queue.webhook_id`

/** Lists and look-ups read the finished deliveries from their table and the others from the queue. */
export function deliveryLayout(schema: Schema): DeliveryLayout {
  const raw = (text: string): RawBuilder<unknown> => sql.raw(schema.text(text))

  /** The deliveries of a table that an event's dispatch made, by how their ids begin, and the replays of it. */
  const ofEvent = (table: string, { organizationId, eventId }: DeliveryQuery): RawBuilder<unknown> => {
    const rows = raw(`select * from leadhooks.${table} where`)
    const idStart = sql`(${raw(`select deliveries from leadhooks.events where`)} organization_id = ${organizationId} and id = ${eventId})`
    return sql`
      ${rows} id > ${idStart} and id < ${idStart} || '~' and organization_id = ${organizationId} and event_id = ${eventId}
      union all
      ${rows} organization_id = ${organizationId} and event_id = ${eventId} and replay_of is not null`
  }

  return {
    order: ['created_at', 'id'],
    from: (query) =>
      query.eventId === undefined
        ? sql`(${raw('select * from leadhooks.deliveries')})`
        : sql`(${ofEvent('deliveries', query)})`,
    elsewhere: {
      list(query) {
        const { organizationId, webhookId, eventId, eventType, status, limit, after } = query
        if (status === 'delivered' || status === 'dead_letter') return null
        return sql<Columns<Delivery>>`
          (select ${columns} from (${raw(unfinished)} where queue.organization_id = ${organizationId}
            ${webhookId === undefined ? sql`` : sql`and queue.webhook_id = ${webhookId}`}
            ${eventType === undefined ? sql`` : sql`and event.type = ${eventType}`}
            ${eventId === undefined ? sql`` : sql`and queue.id in (select id from (${ofEvent('queue', query)}) as own)`}
            ${after === undefined ? sql`` : sql`and (queue.created_at, queue.id) < (${after.createdAt}, ${after.id})`}
          ) as unfinished
          ${status === undefined ? sql`` : sql`where status = ${status}`}
          order by created_at desc, id desc limit ${limit})`
      },
      find: ({ organizationId, id }) => sql<Columns<Delivery>>`
        select ${columns} from (${raw(unfinished)} where queue.organization_id = ${organizationId} and queue.id = ${id})
          as unfinished`,
    },
  }
}
