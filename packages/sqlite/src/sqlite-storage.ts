import {
  type AuditHead,
  LeadhooksError,
  type Scoped,
  type Storage,
  type Timed,
} from '@leadhooks/core/storage'
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
  type SqlRunner,
  webhookStorage,
  workerStorage,
  changeStorage,
} from '@leadhooks/sql'
import { sql as rawSql } from 'kysely'
import { watchApiKeys } from './api-key-watch.ts'
import { auditDisabled } from './audit-disabled.ts'
import { cancelWaiting } from './cancel-waiting.ts'
import { claimDeliveries, type ClaimState } from './claim-deliveries.ts'
import { codec } from './codec.ts'
import { compiler } from './compiler.ts'
import { Connection } from './connection.ts'
import { CorruptRows } from './corrupt-rows.ts'
import type { Database } from './database.ts'
import { deleteWebhook } from './delete-webhook.ts'
import { keepBodies } from './delivery-bodies.ts'
import { forgetDuties, releaseDuty, takeDuty } from './duties.ts'
import { beginErasure, eraseNext, listErasures } from './erase-organization.ts'
import { drawFromThrottles } from './draw-from-throttles.ts'
import { expireDeliveries } from './expire-deliveries.ts'
import { diagnose } from './diagnose.ts'
import { findEvent } from './find-event.ts'
import { findEventTypeRules } from './find-event-type-rules.ts'
import { deliveryLayout } from './delivery-layout.ts'
import { forgetApiKeys } from './forget-api-keys.ts'
import { forgetDeliveries, forgetEvents } from './forget-history.ts'
import { GroupCommit } from './group-commit.ts'
import { HostConnections } from './host-connections.ts'
import { releaseDeliveries, renewLeases } from './leases.ts'
import { findPending, migrate } from './migrate.ts'
import { cancelDelivery, firstSteps, replayDelivery, replaySteps, retryDelivery } from './operations.ts'
import { type HandleOptions, openBeside, openPath, type PathOptions } from './open-database.ts'
import { OwnConnection } from './own-connection.ts'
import { readBacklog } from './read-backlog.ts'
import { recordApiKeyUsage } from './record-api-key-usage.ts'
import { rollupDialect } from './rollup-dialect.ts'
import { redactEvent } from './redact-event.ts'
import { runQuery, runSteps } from './run-steps.ts'
import { settleDeliveries } from './settle-deliveries.ts'
import { TablesCheck } from './tables-check.ts'
import { Turns } from './turns.ts'

interface CommonOptions {
  /**
   * How long a call waits for another connection to let go of the lock. It waits without holding up the event loop.
   *
   * @default 5000
   */
  busyTimeoutMs?: number | undefined
}

export type SqliteStorageOptions = (HandleOptions | PathOptions) & CommonOptions

/**
 * Keeps everything in a SQLite file, best the host's own: then an event can be part of the host's transaction.
 *
 * ```ts
 * const database = new Database('crm.db')
 * const leadhooks = createLeadhooks({ storage: sqliteStorage({ database }), … })
 * await leadhooks.migrate()
 *
 * database.transaction(() => {
 *   database.prepare('insert into leads (id) values (?)').run('lead_123')
 *   leadhooks.dispatchEventSync({ organizationId: 'acme', type: 'new_lead', data: { id: 'lead_123' } })
 * })()
 * ```
 */
export function sqliteStorage(options: SqliteStorageOptions): Storage<Database> {
  checkOptions(options)
  const { busyTimeoutMs = 5000 } = options
  const handles = 'path' in options ? openPath(options) : openBeside(options)
  const tables = new TablesCheck()
  const connection = new Connection(handles.own)
  const own = new OwnConnection(handles, connection, tables, busyTimeoutMs)
  const host = new HostConnections(handles, connection, tables)
  const group = new GroupCommit(own)
  const claims: ClaimState = { turns: new Turns(), corruptRows: new CorruptRows() }
  const sql: Sql = {
    db: compiler,
    codec,
    runner: runnerOn(own),
    time: (given) => rawSql`${timeOf({ now: given })}`,
    lock: rawSql``,
    lockOrganization: () => ({ compile: () => rawSql`select 1`.compile(compiler) }),
    daysLater: (time, days) => rawSql`${time} + ${rawSql.ref(days)} * 86400000`,
    msLater: (time, ms) => rawSql`${time} + ${ms}`,
    contains: (column, text) =>
      rawSql`exists (select 1 from json_each(${rawSql.ref(column)}) where value = ${text})`,
  }
  const deliveries = deliveryStorage(sql, deliveryLayout)

  return {
    migrate: async () => migrate(own, 'path' in options ? 'wal' : undefined),
    pendingMigrations: async () => own.prepare(findPending),
    diagnose: async () => diagnose(own, handles.file),
    close: async () => own.close(),
    watchApiKeys: (onChange) => watchApiKeys(connection, onChange),

    ...organizationStorage(sql),
    async beginErasure({ organizationId }, audit) {
      const head = await own.write((c) => beginErasure(c, sql, organizationId, audit))
      if (head) audit?.written(head)
      return head !== undefined
    },
    eraseNext: async ({ organizationId, limit }) => own.write((c) => eraseNext(c, organizationId, limit)),
    listErasures: async ({ limit }) => own.read((c) => listErasures(c, limit)),
    ...apiKeyStorage(sql),
    recordApiKeyUsage: async (uses, counts) => own.write((c) => recordApiKeyUsage(c, uses, counts)),
    ...webhookStorage(sql),
    async deleteWebhook(webhook, audit) {
      const head = await own.write((c) => deleteWebhook(c, sql, webhook, timeOf(webhook), audit))
      if (head) audit?.written(head)
      return head !== undefined
    },
    drawFromThrottles: async (draws, options) =>
      draws.length === 0 ? [] : own.write((c) => drawFromThrottles(c, draws, timeOf(options))),

    ...eventTypeStorage(sql),
    findEventTypeRules: async (key, { tx } = {}) =>
      tx === undefined
        ? own.read((c) => findEventTypeRules(c, key))
        : host.read((c) => findEventTypeRules(c, key), tx),
    findEventTypeRulesSync: (key, { tx } = {}) => host.read((c) => findEventTypeRules(c, key), tx),

    async insertEvents(events, { tx, now }) {
      if (tx !== undefined) return host.insertEvents(events, timeOf({ now }), tx)
      return events.length === 0 ? [] : group.insertEvents(events, now)
    },
    insertEventsSync: (events, { tx, now }) => host.insertEvents(events, timeOf({ now }), tx),
    findEvent: async (event) => own.read((c) => findEvent(c, event)),
    async redactEvent(event, audit) {
      const { event: redacted, head } = await own.write((c) =>
        redactEvent(c, sql, event, timeOf(event), audit),
      )
      if (head !== null) audit?.written(head)
      return redacted
    },
    ...eventListing(sql),

    async claimDeliveries(request) {
      const { claimed, crashed } = await own.writeIfNeeded((c) =>
        claimDeliveries(c, request, claims, timeOf(request)),
      )
      if (crashed.length > 0) request.onGivenUp?.(crashed)
      return claimed
    },
    renewLeases: async (held, { leaseMs, now }) =>
      held.length === 0 ? [] : own.write((c) => renewLeases(c, held, timeOf({ now }) + leaseMs)),
    async releaseDeliveries(held) {
      if (held.length > 0) await own.write((c) => releaseDeliveries(c, held))
    },
    keepBodies: async (bodies) => (bodies.length === 0 ? [] : own.write((c) => keepBodies(c, bodies))),
    async settleDeliveries(settlements, { now, audit, onDisabled }) {
      if (settlements.length === 0) return []
      let heads: AuditHead[] = []
      let disabled: Scoped[] = []
      const written = await own.write((c) => {
        heads = []
        disabled = []
        return settleDeliveries(c, settlements, timeOf({ now }), (webhook) => {
          disabled.push(webhook)
          const head = audit && auditDisabled(c, sql, webhook, audit)
          if (head) heads.push(head)
        })
      })
      for (const head of heads) audit?.written(head)
      for (const webhook of disabled) onDisabled?.(webhook)
      return written
    },
    readBacklog: async (options) => own.writeIfNeeded((c) => readBacklog(c, timeOf(options))),
    expireDeliveries: async (options) =>
      own.writeIfNeeded((c) => expireDeliveries(c, options, timeOf(options))),
    ...deliveries,
    retryDelivery: async (delivery) => own.write((c) => retryDelivery(c, delivery, timeOf(delivery))),
    cancelDelivery: async (delivery) => own.write((c) => cancelDelivery(c, delivery, timeOf(delivery))),
    async replayDelivery({ organizationId, id, now }) {
      const replayed = await deliveries.findDelivery({ organizationId, id })
      return replayed && own.write((c) => replayDelivery(c, replayed, timeOf({ now })))
    },

    cancelWaiting: async (waiting) => own.write((c) => cancelWaiting(c, waiting, timeOf(waiting))),

    ...bulkReplayStorage(sql, deliveryLayout),
    advanceBulkReplay: async (step) =>
      own.write((c) => {
        const steps = advanceSteps(sql, step, {
          layout: deliveryLayout,
          insertReplays: (rows) => replaySteps(c, rows, timeOf(step)),
          insertFirst: (webhook, eventIds) => firstSteps(c, webhook, eventIds, timeOf(step)),
        })
        return runSteps(c, steps)
      }),

    ...rollupStorage(sql, rollupDialect),

    ...retentionStorage(sql),
    forgetDeliveries: async (walk) => own.writeIfNeeded((c) => forgetDeliveries(c, walk)),
    forgetEvents: async (walk) => own.writeIfNeeded((c) => forgetEvents(c, walk)),
    forgetApiKeys: async ({ endedBefore, limit }) =>
      own.writeIfNeeded((c) => forgetApiKeys(c, endedBefore.getTime(), limit)),

    ...workerStorage(sql),
    ...changeStorage(sql),
    ...requestStorage(sql),

    ...auditStorage(sql),

    takeDuty: async (duty) => own.write((c) => takeDuty(c, duty, timeOf(duty))),
    releaseDuty: async (duty) => own.write((c) => releaseDuty(c, duty)),
    forgetDuties: async ({ limit, now }) => own.write((c) => forgetDuties(c, limit, timeOf({ now }))),
  }
}

function checkOptions(options: Partial<HandleOptions & PathOptions & CommonOptions>): void {
  const { database, path, synchronous = 'FULL', busyTimeoutMs = 0 } = options
  const refuse = (what: string): never => {
    throw new LeadhooksError('invalid_options', `\`sqliteStorage\`: ${what}`)
  }
  if ((database === undefined) === (path === undefined)) refuse('expected either `database` or `path`')
  if (path !== undefined && typeof path !== 'string')
    refuse(`expected \`path\` to be a string, got ${typeof path}`)
  if (path === undefined && typeof database?.prepare !== 'function')
    refuse('expected `database` to be a handle of better-sqlite3: new Database(…)')
  if (!['FULL', 'NORMAL'].includes(synchronous))
    refuse(`expected \`synchronous\` to be 'FULL' or 'NORMAL', got ${synchronous}`)
  if (!(busyTimeoutMs >= 0))
    refuse(`expected \`busyTimeoutMs\` to be a number from 0 up, got ${busyTimeoutMs}`)
}

function runnerOn(own: OwnConnection): SqlRunner {
  return {
    async rows<Row>(query: Parameters<SqlRunner['rows']>[0]) {
      const compiled = query.compile()
      const run = (connection: Connection): Row[] => runQuery(connection, compiled) as Row[]
      return compiled.query.kind === 'SelectQueryNode' ? own.read(run) : own.write(run)
    },
    transaction: async (steps) => own.write((c) => runSteps(c, steps())),
  }
}

function timeOf({ now }: Timed): number {
  return now?.getTime() ?? Date.now()
}
