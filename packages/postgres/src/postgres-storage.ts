import type { InsertedEvent, NewEvent, Storage } from '@leadhooks/core/storage'
import {
  apiKeyStorage,
  auditStorage,
  deliveryStorage,
  eventListing,
  eventTypeStorage,
  advanceSteps,
  bulkReplayStorage,
  organizationStorage,
  requestStorage,
  retentionStorage,
  rollupStorage,
  type Sql,
  webhookStorage,
  workerStorage,
  changeStorage,
} from '@leadhooks/sql'
import { sql as rawSql } from 'kysely'
import { watchApiKeys } from './api-key-watch.ts'
import { cancelWaiting } from './cancel-waiting.ts'
import { Claims } from './claim-deliveries.ts'
import { codec } from './codec.ts'
import { compilerFor } from './compiler.ts'
import { Database, type Session } from './database.ts'
import { deleteWebhook } from './delete-webhook.ts'
import { deliveryLayout } from './delivery-layout.ts'
import { diagnose } from './diagnose.ts'
import { asLeadhooksError } from './driver-errors.ts'
import { drawFromThrottles } from './draw-from-throttles.ts'
import { forgetDuties, releaseDuty, takeDuty } from './duties.ts'
import { beginErasure, eraseNext, listErasures } from './erase-organization.ts'
import { expireDeliveries } from './expire-deliveries.ts'
import { findEvent } from './find-event.ts'
import { findEventTypeRules } from './find-event-type-rules.ts'
import { forgetApiKeys } from './forget-api-keys.ts'
import { forgetDeliveries, forgetEvents } from './forget-history.ts'
import { GroupedInserts } from './grouped-inserts.ts'
import { insertEvents, type LaneName, type Run } from './insert-events.ts'
import { insertFirst, insertReplays } from './insert-replays.ts'
import { keepBodies } from './keep-bodies.ts'
import { readBacklog } from './read-backlog.ts'
import { releaseDeliveries, renewLeases } from './leases.ts'
import { findPending, migrate } from './migrate.ts'
import { serverTime } from './now.ts'
import { type PoolOptions, openPool } from './open-pool.ts'
import { cancelUnfinished, insertReplay, makeDeliveryDue } from './operations.ts'
import { Schema } from './schema.ts'
import { checkReady, checkServer } from './server-check.ts'
import { settleDeliveries } from './settle-deliveries.ts'
import { rollupDialect } from './rollup-dialect.ts'
import { recordApiKeyUsage } from './record-api-key-usage.ts'
import { redactEvent } from './redact-event.ts'
import { runSteps } from './run-steps.ts'
import { rowsOf } from './transactions/rows-of.ts'
import { checkTransaction, type PostgresTransaction } from './transactions/transaction.ts'
import { WakeUps } from './wake-ups.ts'

export interface PostgresStorageOptions extends PoolOptions {
  /** The Postgres schema that the tables are in. @default 'leadhooks' */
  schema?: string | undefined
  /**
   * Whether the connections go through a pooler that gives each transaction another one (PgBouncer in transaction mode). Then
   * nothing is kept on a connection: workers ask for new events instead of listening for them, every 100 ms at least, and
   * plans of statements are not kept. @default false
   */
  transactionPooling?: boolean | undefined
}

/**
 * Keeps everything in a schema of the host's Postgres, 13 or newer: an event can be part of the host's own transaction.
 *
 * ```ts
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL })
 * const leadhooks = createLeadhooks({ storage: postgresStorage({ pool }), … })
 * await leadhooks.migrate()
 *
 * const client = await pool.connect()
 * await client.query('begin')
 * await client.query('insert into leads (id) values ($1)', ['lead_123'])
 * await leadhooks.dispatchEvent({ organizationId: 'acme', type: 'new_lead', data: { id: 'lead_123' } }, { tx: client })
 * await client.query('commit')
 * ```
 *
 * Throws `invalid_options` for a pool of one connection, or one that is none.
 */
export function postgresStorage(options: PostgresStorageOptions): Storage<PostgresTransaction> {
  const { transactionPooling = false } = options
  const schema = new Schema(options.schema ?? 'leadhooks')
  const { pool, isOwn } = openPool(options)
  const check = async (unchecked: Session): Promise<void> => checkReady(unchecked, schema)
  const database = new Database({ pool, schema, prepare: !transactionPooling, check })
  const claims = new Claims(database, () => wakeUps.wake())
  const wakeUps = new WakeUps(database, {
    canListen: !transactionPooling,
    onLane: (lane) => claims.hear(lane, { sinceLong: true }),
  })
  const sql: Sql = {
    db: compilerFor(schema),
    codec,
    runner: {
      async rows(query) {
        const { sql: text, parameters } = query.compile()
        return database.run(text, parameters)
      },
      transaction: async (steps) => database.transaction(async (session) => runSteps(session, steps())),
    },
    time: (given) => rawSql`coalesce(${given ?? null}::timestamptz, ${rawSql.raw(serverTime)})`,
    lock: rawSql`for update`,
    lockOrganization: (id) => ({
      compile: () =>
        rawSql`select pg_advisory_xact_lock(hashtextextended(${`${schema.name} organization ${id}`}, 0))`.compile(
          sql.db,
        ),
    }),
    daysLater: (time, days) => rawSql`${time} + ${rawSql.ref(days)} * interval '1 day'`,
    msLater: (time, ms) => rawSql`${time} + ${ms}::float8 * interval '1 millisecond'`,
    contains: (column, text) => rawSql`${rawSql.ref(column)} @> ${JSON.stringify([text])}::jsonb`,
  }
  // What has waited lies far back, where only a full look would find it.
  const goOn = ({ organizationId, webhookId }: LaneName): void =>
    claims.hear({ organizationId, webhookId }, { sinceLong: true })
  const inserts = new GroupedInserts()
  const layout = deliveryLayout(schema)
  const deliveries = deliveryStorage(sql, layout)
  const webhooks = webhookStorage(sql)

  return {
    async migrate() {
      await checkServer(database)
      return migrate(database)
    },
    pendingMigrations: async () => findPending(database, schema),
    diagnose: async () => diagnose(database),
    async currentTime() {
      const [row] = await database.run<{ now: Date }>('select statement_timestamp() as now')
      return row?.now ?? new Date()
    },
    watchForWork: (onWork) => wakeUps.watch(onWork),
    ...(!transactionPooling && { watchApiKeys: (onChange) => watchApiKeys(pool, schema, onChange) }),
    async close() {
      await wakeUps.close()
      if (isOwn && !pool.ending) await pool.end()
    },

    ...organizationStorage(sql, ({ organizationId, id }) => goOn({ organizationId, webhookId: id })),
    beginErasure: async ({ organizationId }, audit) => beginErasure(database, sql, organizationId, audit),
    eraseNext: async ({ organizationId, limit }) => eraseNext(database, organizationId, limit),
    listErasures: async ({ limit }) => listErasures(database, limit),
    ...apiKeyStorage(sql),
    recordApiKeyUsage: async (uses, counts) => recordApiKeyUsage(database, uses, counts),
    ...webhooks,
    async updateWebhook(webhook, changes, audit) {
      let mayGoOn = false
      const updated = await webhooks.updateWebhook(
        webhook,
        (current) => {
          const wanted = typeof changes === 'function' ? changes(current) : changes
          mayGoOn = wanted?.enabled === true || wanted?.waitsUntil === null
          return wanted
        },
        audit,
      )
      if (mayGoOn) goOn({ organizationId: webhook.organizationId, webhookId: webhook.id })
      return updated
    },
    async drawFromThrottles(draws, { now = null }) {
      if (draws.length === 0) return []
      const counts = await drawFromThrottles(database, draws, now)
      for (const { organizationId, id, wanted } of draws)
        if (wanted < 0) goOn({ organizationId, webhookId: id })
      return counts
    },
    deleteWebhook: async (webhook, audit) =>
      deleteWebhook(database, sql, webhook, webhook.now ?? null, audit),

    ...eventTypeStorage(sql),
    findEventTypeRules: async (key, { tx } = {}) =>
      findEventTypeRules(tx === undefined ? runOn(database) : runWithin(database, tx), key),

    async insertEvents(events, { tx, now = null }) {
      // What is part of a transaction is not there yet: a notice comes when it commits.
      if (tx !== undefined)
        return (await insertEvents(runWithin(database, tx), events, { now, notify: true })).events
      const write = async (group: readonly NewEvent[]): Promise<InsertedEvent[]> => {
        const notify = !wakeUps.isWatched
        const inserted = await insertEvents(runOn(database), group, { now, notify })
        for (const lane of inserted.lanes) claims.hear(lane, { sinceLong: false })
        return inserted.events
      }
      return now === null ? inserts.write(events, write) : write(events)
    },
    findEvent: async (event) => findEvent(sql, event),
    redactEvent: async ({ now = null, ...event }, audit) => redactEvent(database, sql, event, now, audit),
    ...eventListing(sql),

    async claimDeliveries(request) {
      const claimed = await claims.claim(request)
      wakeUps.claimed(claimed.length)
      return claimed
    },
    renewLeases: async (held, { leaseMs, now = null }) =>
      held.length === 0 ? [] : renewLeases(database, held, { leaseMs, now }),
    async releaseDeliveries(held) {
      if (held.length > 0) await releaseDeliveries(database, held)
    },
    keepBodies: async (bodies) => (bodies.length === 0 ? [] : keepBodies(database, bodies)),
    settleDeliveries: async (settlements, { now = null, ...options }) =>
      settlements.length === 0
        ? []
        : settleDeliveries(database, sql, settlements, { now, ...options, onNext: goOn }),
    readBacklog: async ({ now = null }) => readBacklog(database, now),
    expireDeliveries: async ({ now = null, ...expiry }) => expireDeliveries(database, { now, ...expiry }),

    ...deliveries,
    async retryDelivery({ now = null, ...delivery }) {
      return (await makeDeliveryDue(database, delivery, now)) ? deliveries.findDelivery(delivery) : null
    },
    async cancelDelivery({ now = null, ...delivery }) {
      if (!(await cancelUnfinished(database, delivery, now))) return null
      const cancelled = await deliveries.findDelivery(delivery)
      if (cancelled !== null) goOn(cancelled)
      return cancelled
    },
    async replayDelivery({ now = null, ...delivery }) {
      const replayed = await deliveries.findDelivery(delivery)
      const id = replayed && (await insertReplay(database, replayed, now))
      return id === null ? null : deliveries.findDelivery({ organizationId: delivery.organizationId, id })
    },

    async cancelWaiting({ now = null, ...waiting }) {
      const cancelled = await cancelWaiting(database, waiting, now)
      goOn(waiting)
      return cancelled
    },

    ...bulkReplayStorage(sql, layout),
    advanceBulkReplay: async (step) =>
      sql.runner.transaction(() =>
        advanceSteps(sql, step, {
          layout,
          insertReplays: (rows) => insertReplays(sql, rows, step.now),
          insertFirst: (webhook, eventIds) => insertFirst(sql, webhook, eventIds, step.now),
        }),
      ),

    ...rollupStorage(sql, rollupDialect(schema)),

    ...retentionStorage(sql),
    forgetDeliveries: async (walk) => forgetDeliveries(database, walk),
    forgetEvents: async (walk) => forgetEvents(database, walk),
    forgetApiKeys: async (batch) => forgetApiKeys(database, batch),

    ...workerStorage(sql),
    ...changeStorage(sql),
    ...requestStorage(sql),

    ...auditStorage(sql),

    takeDuty: async ({ now = null, ...duty }) => takeDuty(database, { now, ...duty }),
    releaseDuty: async (duty) => releaseDuty(database, duty),
    forgetDuties: async ({ limit, now = null }) => forgetDuties(database, limit, now),
  }
}

function runOn(database: Database): Run {
  return async (statement, values) => database.rows(statement, values)
}

function runWithin(database: Database, tx: PostgresTransaction): Run {
  const transaction = checkTransaction(tx)
  return async (statement, values) => {
    try {
      return rowsOf(await database.queryWithin(transaction, statement, values))
    } catch (error) {
      throw asLeadhooksError(
        error,
        'See to it that the transaction is still open, and that the server can be reached',
      )
    }
  }
}
