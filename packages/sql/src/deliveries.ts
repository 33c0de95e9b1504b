import {
  type Attempt,
  type Delivery,
  type DeliveryQuery,
  type DeliveryStorage,
  deliveryStatuses,
  type Scoped,
} from '@leadhooks/core/storage'
import type { RawBuilder } from 'kysely'
import type { Codec } from './codec.ts'
import { type AgeColumn, behind } from './newest-first.ts'
import { fromRow, rowMapping } from './row-mapping.ts'
import { rowsOf, type Sql, type Steps } from './sql-runner.ts'
import type { Columns } from './tables.ts'

const failures = [
  'blocked_address',
  'dns',
  'connect',
  'tls',
  'timeout',
  'reset',
  'invalid_response',
  'invalid_request',
  'status',
] as const satisfies readonly NonNullable<Attempt['failure']>[]

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
  failure: failures,
  replayOf: 'text',
  replayRoot: 'text',
  createdAt: 'date',
  finishedAt: 'date',
  resolvedAt: 'date',
})

const attemptMapping = rowMapping<Attempt>('attempts', {
  number: 'number',
  startedAt: 'date',
  durationMs: 'number',
  outcome: ['succeeded', 'failed', 'lost', 'superseded'],
  failure: failures,
  message: 'text',
  statusCode: 'number',
  responseBody: 'text',
})

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
  /** Where the dialect keeps deliveries beside the table `deliveries`. @default nowhere */
  elsewhere?: {
    /** A query of `deliveryColumns`: the newest `limit` that match; null where none can. */
    list(query: DeliveryQuery): Promise<RawBuilder<Columns<Delivery>> | null>
    /** A query of `deliveryColumns` for one delivery. */
    find(delivery: Scoped): RawBuilder<Columns<Delivery>>
    /** Moves a delivery into the table, before it is changed. */
    bringIn(delivery: Scoped): Steps<void>
  }
}

type Reads = 'findDelivery' | 'listDeliveries' | 'listAttempts'
type Operations = 'retryDelivery' | 'cancelDelivery' | 'resolveDelivery'

/** What is not hot. Claims, leases and settlements are each dialect's own, and so is what makes deliveries. */
export function deliveryStorage(sql: Sql, layout: DeliveryLayout): Pick<DeliveryStorage, Reads | Operations> {
  const { db, codec, runner } = sql
  const first = ([row]: Columns<Delivery>[]): Delivery | null => (row === undefined ? null : readDelivery(codec, row))
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
      const { organizationId, webhookId, eventId, eventType, status, limit, after } = query
      let stored = table.where('organization_id', '=', organizationId)
      if (webhookId !== undefined) stored = stored.where('webhook_id', '=', webhookId)
      if (eventId !== undefined) stored = stored.where('event_id', '=', eventId)
      if (eventType !== undefined) stored = stored.where('event_type', '=', eventType)
      if (status !== undefined) stored = stored.where('status', '=', status)
      if (after !== undefined) stored = stored.where(behind(codec, after, layout.order))
      for (const column of layout.order) stored = stored.orderBy(column, 'desc')
      stored = stored.limit(limit)

      const elsewhere = await layout.elsewhere?.list(query)
      if (!elsewhere) return (await runner.rows(stored)).map((row) => readDelivery(codec, row))
      let both = db.selectFrom(stored.as('stored')).select(deliveryColumns).unionAll(elsewhere)
      for (const column of layout.order) both = both.orderBy(column, 'desc')
      return (await runner.rows(both.limit(limit))).map((row) => readDelivery(codec, row))
    },

    async listAttempts(delivery) {
      if ((await findDelivery(delivery)) === null) return null
      const query = db.selectFrom('attempts').select(attemptColumns).where('delivery_id', '=', delivery.id)
      return (await runner.rows(query.orderBy('number'))).map((row) => fromRow(attemptMapping, codec, row))
    },

    async retryDelivery({ organizationId, id, now }) {
      return runner.atomically(function* () {
        yield* bringIn(layout, { organizationId, id })
        const own = table.where('organization_id', '=', organizationId).where('id', '=', id)
        yield* rowsOf(
          db
            .updateTable('deliveries')
            .set({ next_attempt_at: sql.time(now) })
            .where('organization_id', '=', organizationId)
            .where('id', '=', id)
            .where('lease', 'is', null)
            .where('next_attempt_at', '>', sql.time(now)),
        )
        return first(yield* rowsOf(own.where('finished_at', 'is', null)))
      })
    },

    async cancelDelivery({ organizationId, id, now }) {
      return runner.atomically(function* () {
        yield* bringIn(layout, { organizationId, id })
        const query = db
          .updateTable('deliveries')
          .set({ status: 'cancelled', reason: 'by_user', next_attempt_at: null, finished_at: sql.time(now), ...noLease })
          .where('organization_id', '=', organizationId)
          .where('id', '=', id)
          .where('finished_at', 'is', null)
        return first(yield* rowsOf(query.returning(deliveryColumns)))
      })
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

const noLease = { lease: null, leased_at: null, leased_until: null } as const

function* bringIn({ elsewhere }: DeliveryLayout, delivery: Scoped): Steps<void> {
  if (elsewhere) yield* elsewhere.bringIn(delivery)
}

export function readDelivery(codec: Codec, row: Columns<Delivery>): Delivery {
  return fromRow(deliveryMapping, codec, row)
}
