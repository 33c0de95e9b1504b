import type { Delivery, DeliveryStatus, Scoped } from '@leadhooks/core/storage'
import { type Columns, deliveryColumns, type DeliveryLayout } from '@leadhooks/sql'
import { type RawBuilder, sql } from 'kysely'
import type { Schema } from './schema.ts'

const columns = sql.raw(deliveryColumns.join(', '))

/** How lists and look-ups see deliveries: the finished ones in their table, and the others in the queue. */
export function deliveryLayout(schema: Schema): DeliveryLayout {
  const raw = (text: string): RawBuilder<unknown> => sql.raw(schema.text(text))

  /** The deliveries of a table that an event's dispatch made, by how their ids begin, and the replays of it. */
  const ofEvent = (table: string, organizationId: string, eventId: string): RawBuilder<unknown> => {
    const rows = raw(`select * from leadhooks.${table} where`)
    const idStart = sql`(${raw(`select deliveries from leadhooks.events where`)} organization_id = ${organizationId} and id = ${eventId})`
    return sql`
      ${rows} id > ${idStart} and id < ${idStart} || '~' and organization_id = ${organizationId} and event_id = ${eventId}
      union all
      ${rows} organization_id = ${organizationId} and event_id = ${eventId} and replay_of is not null`
  }

  /** The deliveries of the event in the row `event` to a webhook, by the same two ways. */
  const toWebhook = (table: 'queue' | 'deliveries', webhook: Scoped): RawBuilder<unknown> => {
    const end = table === 'queue' ? 'null as reason, null::timestamptz as resolved_at' : 'reason, resolved_at'
    const rows = raw(`select id, status, created_at, ${end} from leadhooks.${table} where`)
    const own = sql`organization_id = ${webhook.organizationId} and webhook_id = ${webhook.id} and event_id = event.id`
    return sql`
      ${rows} id > event.deliveries and id < event.deliveries || '~' and ${own}
      union all
      ${rows} ${own} and replay_of is not null`
  }

  /**
   * Rows of the queue as deliveries. One whose webhook is no more is cancelled: it was made while that was being deleted.
   */
  const unfinished = (queue: RawBuilder<unknown>): RawBuilder<Columns<Delivery>> => sql`
    select ${columns} from (
      select queue.id, queue.organization_id, queue.webhook_id, queue.event_id, event.type as event_type,
        case when webhook.id is null then 'cancelled' else queue.status end as status,
        case when webhook.id is null then 'webhook_deleted' end as reason,
        queue.attempts, case when webhook.id is not null then nullif(queue.due_at, 'infinity') end as next_attempt_at,
        queue.status_code, queue.failure, queue.replay_of, queue.replay_root, queue.replay_depth, queue.created_at,
        case when webhook.id is null then queue.created_at end as finished_at, null::timestamptz as resolved_at
      from (${queue}) as queue
      cross join lateral (
        ${raw('select type from leadhooks.events as event')}
        where event.organization_id = queue.organization_id and event.id = queue.event_id limit 1
      ) as event
      ${raw('left join leadhooks.webhooks as webhook')} on webhook.id = queue.webhook_id
    ) as unfinished`

  const hasWebhook = raw('exists (select from leadhooks.webhooks where id = queue.webhook_id)')

  const withStatus = (status: DeliveryStatus): RawBuilder<unknown> =>
    status === 'cancelled' ? sql`not ${hasWebhook}` : sql`queue.status = ${status} and ${hasWebhook}`

  const ofType = (type: string): RawBuilder<unknown> => sql`exists (
    ${raw('select from leadhooks.events as event')}
    where event.organization_id = queue.organization_id and event.id = queue.event_id and event.type = ${type})`

  return {
    order: ['created_at', 'id'],
    toWebhook: (webhook) => sql`${toWebhook('queue', webhook)} union all ${toWebhook('deliveries', webhook)}`,
    from: ({ organizationId, eventId }) =>
      eventId === undefined
        ? sql`${raw('(select * from leadhooks.deliveries)')}`
        : sql`(${ofEvent('deliveries', organizationId, eventId)})`,
    elsewhere: {
      list({ organizationId, webhookId, eventId, eventType, status, limit, after }) {
        if (status === 'delivered' || status === 'dead_letter') return null
        const filters = [sql`queue.organization_id = ${organizationId}`]
        if (webhookId !== undefined) filters.push(sql`queue.webhook_id = ${webhookId}`)
        if (eventType !== undefined) filters.push(ofType(eventType))
        if (status !== undefined) filters.push(withStatus(status))
        if (after !== undefined)
          filters.push(sql`(queue.created_at, queue.id) < (${after.createdAt}, ${after.id})`)
        const queue =
          eventId === undefined
            ? raw('leadhooks.queue')
            : sql`(${ofEvent('queue', organizationId, eventId)}) as queue`
        return unfinished(
          sql`select queue.* from ${queue} where ${sql.join(filters, sql` and `)} order by created_at desc, id desc limit ${limit}`,
        )
      },
      find: ({ organizationId, id }) =>
        unfinished(
          sql`${raw('select * from leadhooks.queue')} where organization_id = ${organizationId} and id = ${id}`,
        ),
    },
  }
}
