import { isDeepStrictEqual } from 'node:util'
import { LeadhooksError } from '../errors.ts'
import type { StoredEvent } from '../model/event.ts'
import type { MaintenanceWindow, StoredWebhook } from '../model/webhook.ts'
import { drawFromThrottle } from '../rate-limit/draw-from-throttle.ts'
import { memoryApiKeys } from './memory-api-keys.ts'
import { appendAudit, memoryAudit } from './memory-audit.ts'
import { memoryBacklog } from './memory-backlog.ts'
import { memoryBulkReplays } from './memory-bulk-replays.ts'
import { memoryChanges } from './memory-changes.ts'
import { memoryDeliveries } from './memory-deliveries.ts'
import { addDelivery, finish } from './memory-delivery-row.ts'
import { takesChannel } from './memory-recovery.ts'
import { memoryEventTypes } from './memory-event-types.ts'
import { memoryRetention } from './memory-retention.ts'
import { memoryRollups } from './memory-rollups.ts'
import { memoryWorkers } from './memory-workers.ts'
import { memoryRequests } from './memory-requests.ts'
import { memoryErasure } from './memory-erasure.ts'
import { redactEvent } from './memory-redaction.ts'
import { copy, emptyState, eventKey, type MemoryState, ownRow, pageOf, timeOf } from './memory-state.ts'
import type {
  DutyStorage,
  EventStorage,
  InsertedEvent,
  NewEvent,
  OrganizationStorage,
  Storage,
  ThrottleDraw,
  Timed,
  WebhookStorage,
} from './storage.ts'

const lossWarning =
  'Everything is kept in memory, and nothing of it survives this process: use a database for anything but tests'

/**
 * Keeps everything in the memory of this process, and loses it when that ends: for tests, and for the author of a storage
 * adapter, who finds here what each method of the contract means.
 *
 * It has no transactions, so there is no `tx` to pass. Its methods are atomic since none of them waits for anything.
 */
export function memoryStorage(): Storage<never> {
  return storageOver(emptyState())
}

/** The memory storage over tables that the caller can see: tests break them to find out whether they would notice. */
export function storageOver(state: MemoryState): Storage<never> {
  return {
    async migrate() {
      return []
    },
    async pendingMigrations() {
      return []
    },
    async diagnose() {
      return [{ check: 'memory', status: 'warning', message: lossWarning }]
    },
    async close() {},
    ...memoryOrganizations(state),
    ...memoryErasure(state),
    ...memoryApiKeys(state),
    ...memoryWebhooks(state),
    ...memoryEventTypes(state),
    ...memoryEvents(state),
    ...memoryDeliveries(state),
    ...memoryBulkReplays(state),
    ...memoryRollups(state),
    ...memoryRetention(state),
    ...memoryDuties(state),
    ...memoryWorkers(state),
    ...memoryChanges(state),
    ...memoryRequests(state),
    ...memoryBacklog(state),
    ...memoryAudit(state),
  }
}

function memoryOrganizations(
  state: MemoryState,
): Omit<OrganizationStorage, 'beginErasure' | 'eraseNext' | 'listErasures'> {
  const { organizations, webhooks } = state
  return {
    async upsertOrganization(organization, audit) {
      const before = organizations.get(organization.id) ?? null
      const after = copy({ ...organization, createdAt: before?.createdAt ?? organization.createdAt })
      appendAudit(state, organization.id, audit, { before, after })
      organizations.set(organization.id, after)
      if (!isDeepStrictEqual(after.maintenance, before?.maintenance ?? []))
        for (const webhook of of(organization.id, webhooks)) putUnder(webhook, after.maintenance)
      return copy(after)
    },

    async findOrganization(id) {
      return copy(organizations.get(id) ?? null)
    },

    async listOrganizations(page) {
      return pageOf(organizations.values(), page)
    },
  }
}

/** What is so far known of a wait for maintenance counts no more. */
function putUnder(webhook: StoredWebhook, windows: readonly MaintenanceWindow[]): void {
  webhook.organizationMaintenance = copy([...windows])
  if (webhook.waitsFor === 'maintenance') Object.assign(webhook, { waitsUntil: null, waitsFor: null })
}

function memoryWebhooks(state: MemoryState): WebhookStorage {
  const { organizations, webhooks } = state
  return {
    async insertWebhook(webhook, audit) {
      appendAudit(state, webhook.organizationId, audit, { before: null, after: webhook })
      const organizationMaintenance = organizations.get(webhook.organizationId)?.maintenance ?? []
      webhooks.set(webhook.id, copy({ ...webhook, organizationMaintenance }))
    },

    async findWebhook(webhook) {
      return copy(ownRow(webhooks, webhook))
    },

    async findPublicKeys(id) {
      const webhook = webhooks.get(id)
      if (webhook === undefined || webhook.publicKey === null) return null
      const { publicKey, previousPublicKey, previousSecretEndsAt } = webhook
      return copy({ publicKey, previousPublicKey, previousSecretEndsAt })
    },

    async listWebhooks({ organizationId, ...page }) {
      return pageOf(of(organizationId, webhooks), page)
    },

    async updateWebhook(webhook, changes, audit) {
      const row = ownRow(webhooks, webhook)
      if (row === null) return null
      const wanted = typeof changes === 'function' ? changes(copy(row)) : changes
      if (wanted === null) return copy(row)
      const after = { ...row, ...copy(wanted) }
      appendAudit(state, webhook.organizationId, audit, { before: row, after })
      return copy(Object.assign(row, after))
    },

    async drawFromThrottles(draws, options) {
      return draws.map((draw) => drawMemory(state, draw, timeOf(options)))
    },

    async findSecretsToRotate({ by, limit }) {
      const dueAt = ({ rotateSecretAt }: StoredWebhook): number => rotateSecretAt?.getTime() ?? Infinity
      const due = [...webhooks.values()].filter((webhook) => dueAt(webhook) <= by.getTime())
      return due
        .sort((a, b) => dueAt(a) - dueAt(b))
        .slice(0, limit)
        .map(copy)
    },

    async findSealedOtherwise({ prefix, afterId, limit }) {
      const found = [...webhooks.values()].filter(
        (webhook) =>
          webhook.id > afterId && sealedOf(webhook).some((sealed) => sealed?.startsWith(prefix) === false),
      )
      return found
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map(copy)
    },

    async deleteWebhook({ now, ...webhook }, audit) {
      const before = ownRow(webhooks, webhook)
      if (before === null) return false
      appendAudit(state, webhook.organizationId, audit, { before, after: null })
      webhooks.delete(webhook.id)
      state.throttles.delete(webhook.id)
      for (const delivery of state.unfinished) {
        if (delivery.webhookId !== webhook.id) continue
        finish(state, delivery, { status: 'cancelled', reason: 'webhook_deleted' }, timeOf({ now }))
      }
      return true
    },
  }
}

function drawMemory(state: MemoryState, { wanted, ...webhook }: ThrottleDraw, now: Date): number {
  const row = ownRow(state.webhooks, webhook)
  if (row === null) return 0
  const known = state.throttles.get(row.id) ?? null
  const { count, fullAt, wait } = drawFromThrottle(row, known, wanted, now.getTime())
  if (fullAt !== null) state.throttles.set(row.id, fullAt)
  Object.assign(row, wait)
  return count
}

function sealedOf(webhook: StoredWebhook): (string | null)[] {
  return [
    webhook.sealedSecret,
    webhook.sealedPreviousSecret,
    webhook.sealedPrivateKey,
    webhook.sealedPreviousPrivateKey,
    webhook.sealedHeaders,
    webhook.sealedAuthentication,
    webhook.sealedTls,
  ]
}

function memoryEvents(state: MemoryState): EventStorage<never> {
  /** Every event is copied before the first is written: if one cannot be read, none is stored. */
  function insertEventsSync(
    events: readonly NewEvent[],
    { tx, now }: Timed & { tx?: unknown },
  ): InsertedEvent[] {
    if (tx !== undefined)
      throw new LeadhooksError('not_supported', 'Memory has no transactions: leave out `tx`')
    return copy(events).map((event) => insertEvent(state, event, timeOf({ now })))
  }

  return {
    insertEventsSync,

    async insertEvents(events, options) {
      return insertEventsSync(events, options)
    },

    async redactEvent(event, audit) {
      return redactEvent(state, event, audit)
    },

    async findEvent(event) {
      return copy(state.events.get(eventKey(event)) ?? null)
    },

    async listEvents({ organizationId, type, ...page }) {
      const events = of(organizationId, state.events)
      return pageOf(type === undefined ? events : events.filter((event) => event.type === type), page)
    },
  }
}

function memoryDuties({ duties }: MemoryState): DutyStorage {
  return {
    async takeDuty({ name, holder, leaseMs, ...timed }) {
      const now = timeOf(timed)
      const held = duties.get(name)
      if (held !== undefined && held.holder !== holder && held.until > now) return false
      duties.set(name, { holder, until: new Date(now.getTime() + leaseMs) })
      return true
    },

    async releaseDuty({ name, holder }) {
      if (duties.get(name)?.holder === holder) duties.delete(name)
    },

    async forgetDuties({ limit, ...timed }) {
      const now = timeOf(timed)
      const lapsed = [...duties].filter(([, { until }]) => until <= now).slice(0, limit)
      for (const [name] of lapsed) duties.delete(name)
      return lapsed.length
    },
  }
}

function insertEvent(state: MemoryState, { patterns, ...event }: NewEvent, now: Date): InsertedEvent {
  const first = state.events.get(eventKey(event))
  if (first !== undefined) return { event: copy(first), deliveries: 0, duplicate: true }
  state.events.set(eventKey(event), event)
  const matching = of(event.organizationId, state.webhooks).filter((webhook) =>
    matches(webhook, event, patterns),
  )
  for (const webhook of matching) addDelivery(state, event, webhook, now)
  return { event: copy(event), deliveries: matching.length, duplicate: false }
}

/** One that was switched off by what its receiver did takes events all the same: they wait. */
function matches(
  { enabled, disabledReason, eventTypes, channels }: StoredWebhook,
  event: StoredEvent,
  patterns: readonly string[],
): boolean {
  if (!enabled && (disabledReason === null || disabledReason === 'by_user')) return false
  if (!takesChannel(channels, event)) return false
  return eventTypes.length === 0 || eventTypes.some((type) => patterns.includes(type))
}

function of<Row extends { organizationId: string }>(organizationId: string, rows: Map<string, Row>): Row[] {
  return [...rows.values()].filter((row) => row.organizationId === organizationId)
}
