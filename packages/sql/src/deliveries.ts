import {
  type Attempt,
  attemptFailures,
  attemptOutcomes,
  type Delivery,
  type DeliveryQuery,
  type DeliveryStatus,
  type DeliveryStorage,
  deliveryStatuses,
  payloadFormats,
  type Scoped,
  type ShapedBody,
} from '@leadhooks/core/storage'
import { type RawBuilder, type SelectQueryBuilder, sql as sqlText } from 'kysely'
import type { Codec } from './codec.ts'
import { type AgeColumn, behind } from './newest-first.ts'
import { fromRow, rowMapping } from './row-mapping.ts'
import type { Sql } from './sql-runner.ts'
import type { Columns, Tables } from './tables.ts'

const deliveryMapping = rowMapping<Delivery>('deliveries', {
  id: 'text',
  organizationId: 'text',
  webhookId: 'text',
  eventId: 'text',
  eventType: 'text',
  status: deliveryStatuses,
  reason: 'text',
  attempts: 'number',
  nextAttemptAt: 'date',
  statusCode: 'number',
  failure: attemptFailures,
  replayOf: 'text',
  replayRoot: 'text',
  replayDepth: 'number',
  createdAt: 'date',
  finishedAt: 'date',
  resolvedAt: 'date',
})

const attemptMapping = rowMapping<Attempt>('attempts', {
  number: 'number',
  startedAt: 'date',
  durationMs: 'number',
  outcome: attemptOutcomes,
  failure: attemptFailures,
  message: 'text',
  statusCode: 'number',
  responseBody: 'text',
  batch: 'json',
})

const bodyMapping = rowMapping<ShapedBody>('delivery_bodies', { format: payloadFormats, body: 'text' })

/** The columns of a delivery, in the order in which every query of this package names them. */
export const deliveryColumns = deliveryMapping.fields.map(({ column }) => column as keyof Columns<Delivery>)
const attemptColumns = attemptMapping.fields.map(({ column }) => column as keyof Columns<Attempt>)

/** How a dialect keeps deliveries. */
export interface DeliveryLayout {
  /**
   * The columns by which the deliveries of an organization stand from oldest to newest: `['id']` where ids are made from
   * `created_at`, so that both orders are one.
   */
  order: readonly AgeColumn[]
  /** The rows of the table to look for a list in: here a dialect can name the index to use. @default the table as it is */
  from?(query: DeliveryQuery): RawBuilder<Columns<Delivery>>
  /**
   * The deliveries of an event to a webhook, wherever they are kept, with `id`, `status`, `reason`, `resolved_at` and `created_at`: a
   * query that is part of one over events, which calls the event's row `event`.
   */
  toWebhook(webhook: Scoped): RawBuilder<unknown>
  /** Where the dialect keeps deliveries beside the table `deliveries`. @default nowhere */
  elsewhere?: {
    /** A query of `deliveryColumns`: the newest `limit` that match; null where none can. */
    list(query: DeliveryQuery): RawBuilder<Columns<Delivery>> | null
    /** A query of `deliveryColumns` for one delivery. */
    find(delivery: Scoped): RawBuilder<Columns<Delivery>>
  }
}

type Shared = 'findDelivery' | 'listDeliveries' | 'listAttempts' | 'findBody' | 'resolveDelivery'

/** What does not depend on how a dialect keeps leases and makes deliveries wait. */
export function deliveryStorage(sql: Sql, layout: DeliveryLayout): Pick<DeliveryStorage, Shared> {
  const { db, codec, runner } = sql
  const { order } = layout
  const read = (row: Columns<Delivery>): Delivery => readDelivery(codec, row)
  const first = ([row]: Columns<Delivery>[]): Delivery | null => (row === undefined ? null : read(row))
  const table = db.selectFrom('deliveries').select(deliveryColumns)

  async function findDelivery({ organizationId, id }: Scoped): Promise<Delivery | null> {
    let query = table.where('organization_id', '=', organizationId).where('id', '=', id)
    // One statement: a delivery that is moved between two of them would be seen by neither.
    if (layout.elsewhere) query = query.unionAll(layout.elsewhere.find({ organizationId, id }))
    return first(await runner.rows(query))
  }

  return {
    findDelivery,

    async listDeliveries(query) {
      const { limit, after } = query
      const from = layout.from
        ? db.selectFrom(layout.from(query).as('deliveries')).select(deliveryColumns)
        : table
      let stored = matching(from, query)
        .where(behind(codec, after, order))
        .limit(limit)
      for (const column of order) stored = stored.orderBy(column, 'desc')
      const elsewhere = layout.elsewhere?.list(query)
      if (!elsewhere) return (await runner.rows(stored)).map(read)

      let both = db.selectFrom(stored.as('stored')).select(deliveryColumns).unionAll(elsewhere).limit(limit)
      for (const column of order) both = both.orderBy(column, 'desc')
      return (await runner.rows(both)).map(read)
    },

    async listAttempts(delivery) {
      if ((await findDelivery(delivery)) === null) return null
      const query = db.selectFrom('attempts').select(attemptColumns).where('delivery_id', '=', delivery.id)
      const rows = await runner.rows(query.orderBy('number'))
      return rows.map((row) => readAttempt(codec, { ...row, delivery_id: delivery.id }))
    },

    async findBody(delivery) {
      if ((await findDelivery(delivery)) === null) return null
      const query = db.selectFrom('delivery_bodies').selectAll().where('delivery_id', '=', delivery.id)
      const [row] = await runner.rows(query)
      return row === undefined ? null : fromRow(bodyMapping, codec, row, delivery.id)
    },

    async resolveDelivery({ organizationId, id, now }) {
      const query = db
        .updateTable('deliveries')
        .set((eb) => ({ resolved_at: eb.fn.coalesce('resolved_at', sql.time(now)) }))
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .where('status', '=', 'dead_letter')
      return first(await runner.rows(query.returning(deliveryColumns)))
    },
  }
}

/** Part of the text, for an index is chosen by what the text says. */
const notDelivered = sqlText.lit<DeliveryStatus>('delivered')

type DeliverySelect = SelectQueryBuilder<Tables, 'deliveries', Columns<Delivery>>

function matching(deliveries: DeliverySelect, filters: DeliveryQuery): DeliverySelect {
  const { organizationId, webhookId, eventId, eventType, status } = filters
  let query = deliveries.where('organization_id', '=', organizationId)
  if (webhookId !== undefined) query = query.where('webhook_id', '=', webhookId)
  if (eventId !== undefined) query = query.where('event_id', '=', eventId)
  if (eventType !== undefined) query = query.where('event_type', '=', eventType)
  if (status === undefined) return query
  query = query.where('status', '=', status)
  // It goes without saying, but only when it is said can an index of all that is not delivered be used.
  return status === 'delivered' ? query : query.where('status', '<>', notDelivered)
}

export function readAttempt(codec: Codec, row: Tables['attempts']): Attempt {
  const attempt = fromRow(attemptMapping, codec, row, `${row.delivery_id} ${row.number}`)
  // A lost one whose event was redacted has a mark in the place of an answer.
  return attempt.outcome === 'lost' ? { ...attempt, responseBody: null } : attempt
}

export function readDelivery(codec: Codec, row: Columns<Delivery>): Delivery {
  return fromRow(deliveryMapping, codec, row)
}
