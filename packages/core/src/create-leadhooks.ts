import { AsyncResource } from 'node:async_hooks'
import { Alerts } from './alerts/alerts.ts'
import { readByEventType } from './analytics/by-event-type.ts'
import { readByWebhook } from './analytics/by-webhook.ts'
import { readErrors } from './analytics/errors.ts'
import { rebuildRollups } from './analytics/keep-rollups.ts'
import { readSummary } from './analytics/summary.ts'
import { readTimeSeries } from './analytics/time-series.ts'
import { ApiKeyCache, type ApiKeyNews } from './api-keys/api-key-cache.ts'
import { createApiKey } from './api-keys/create-api-key.ts'
import { getApiKey, listApiKeys } from './api-keys/list-api-keys.ts'
import { readApiKeyUsage } from './api-keys/read-usage.ts'
import { reportLeak } from './api-keys/report-leak.ts'
import { revokeApiKey, revokeApiKeys } from './api-keys/revoke-api-key.ts'
import { regenerateApiKey, rotateApiKey } from './api-keys/rotate-api-key.ts'
import { createTokenHashes } from './api-keys/token-hash.ts'
import { switchApiKey, updateApiKey } from './api-keys/update-api-key.ts'
import { UsageRecorder } from './api-keys/usage-recorder.ts'
import { verifyApiKey } from './api-keys/verify-api-key.ts'
import { createAuditChain } from './audit/audit-chain.ts'
import { listAudit } from './audit/list-audit.ts'
import { verifyAudit } from './audit/verify-audit.ts'
import { systemClock } from './clock.ts'
import type { Context } from './context.ts'
import { getDelivery, listAttempts, listDeliveries } from './deliveries/list-deliveries.ts'
import { cancel, replay, resolve, retryNow } from './deliveries/operations.ts'
import { readDeliveryBody } from './deliveries/read-body.ts'
import { changeBulkReplay, getBulkReplay, listBulkReplays, replayMany } from './deliveries/replay-many.ts'
import { UnderWay } from './deliveries/under-way.ts'
import { Worker } from './deliveries/worker.ts'
import { diagnose } from './diagnose.ts'
import { createEncryption } from './encryption.ts'
import { deleteOrganization } from './erase-organization.ts'
import { LeadhooksError } from './errors.ts'
import {
  type Dispatched,
  dispatchEvent,
  dispatchEvents,
  dispatchEventSync,
  type DispatchInput,
  type DispatchOptions,
} from './events/dispatch-event.ts'
import type { EventCatalogue } from './events/event-catalogue.ts'
import { listTypes } from './events/event-types.ts'
import { deleteType, registerType, updateType } from './events/register-type.ts'
import { RegisteredTypes } from './events/registered-types.ts'
import { redactEvent } from './events/redact-event.ts'
import { OperationalEvents, withOperationalEvents } from './events/operational-events.ts'
import { getEvent, listEvents } from './events/list-events.ts'
import { createClientAddress } from './http/client-address.ts'
import { createReadiness } from './health.ts'
import { handleRequest } from './http/handle-request.ts'
import { hasRoute } from './http/routes.ts'
import type { Leadhooks } from './leadhooks.ts'
import { createLog, silentLogger } from './logging/log.ts'
import { DeliveryChanges } from './live/delivery-changes.ts'
import { LiveStreams } from './live/live-streams.ts'
import { migrate } from './migrate.ts'
import { createGuardedAgent } from './network/guarded-agent.ts'
import { resolveNetworkPolicy } from './network/network-policy.ts'
import { observers, safeObserver } from './observation.ts'
import { type LeadhooksOptions, resolveSettings } from './options.ts'
import { getOrganization, listOrganizations, upsertOrganization } from './organizations.ts'
import { readWorkers } from './read-workers.ts'
import { memoryRateLimiter } from './rate-limit/memory-rate-limiter.ts'
import { MaintenanceRuns } from './retention/maintenance-runs.ts'
import { createWebhook } from './webhooks/create-webhook.ts'
import { deleteWebhook } from './webhooks/delete-webhook.ts'
import { getWebhook, listWebhooks } from './webhooks/list-webhooks.ts'
import { readPublicKeys } from './webhooks/public-keys.ts'
import { readHealth } from './webhooks/read-health.ts'
import { recoverWebhook } from './webhooks/recover-webhook.ts'
import { revealSecret } from './webhooks/reveal-secret.ts'
import { rotateSecret } from './webhooks/rotate-secret.ts'
import { testWebhook } from './webhooks/test-webhook.ts'
import { disableWebhook, enableWebhook } from './webhooks/switch-webhook.ts'
import { updateWebhook } from './webhooks/update-webhook.ts'
import { verifyWebhook } from './webhooks/verify-url.ts'

/**
 * Makes a Leadhooks that keeps everything in `storage`. It does nothing by itself: call `migrate()` at start, and
 * `startWorker()` in the processes that are to send.
 *
 * ```ts
 * const leadhooks = createLeadhooks({
 *   storage: sqliteStorage({ database }),
 *   encryptionKeys: [{ id: 'k1', key: process.env.LEADHOOKS_ENCRYPTION_KEY }],
 *   events: defineEvents({ new_lead: { schema: z.object({ id: z.string() }) } }),
 * })
 * ```
 *
 * Throws `invalid_options`, naming the option that is wrong.
 */
export function createLeadhooks<Catalogue extends EventCatalogue = EventCatalogue, Tx = unknown>(
  options: LeadhooksOptions<Catalogue, Tx>,
): Leadhooks<Catalogue, Tx> {
  const workers = new Set<Worker>()
  const ctx = createContext(options, () => workers.forEach((worker) => worker.wake()))
  const maintenance = new MaintenanceRuns(ctx)
  const streams = new LiveStreams(ctx)
  let isClosed = false

  // `Dispatches` is untyped here; what the catalogue checks at run time, it types for the caller.
  const leadhooks: Omit<Leadhooks, keyof Dispatches> & Dispatches = {
    migrate: (migrateOptions = {}) => migrate(ctx, migrateOptions),
    diagnose: () => diagnose(ctx),
    startWorker() {
      if (isClosed)
        throw new LeadhooksError('closed', 'This Leadhooks was closed: make a new one to start a worker')
      const worker = new Worker(ctx, (stopped) => workers.delete(stopped))
      workers.add(worker)
      return worker
    },
    async close() {
      isClosed = true
      await streams.close()
      await Promise.all([...workers].map((worker) => worker.stop()))
      await maintenance.stop()
      await ctx.changes.idle()
      await ctx.operationalEvents?.idle()
      await ctx.apiKeyUsage.close()
      await ctx.alerts?.close()
      await ctx.apiKeyCache.close()
      await ctx.rateLimiter.close?.()
      await ctx.agent.destroy()
      await ctx.storage.close()
    },

    dispatchEvent: (event, transaction) => dispatchEvent(ctx, event, transaction),
    dispatchEvents: (events, transaction) => dispatchEvents(ctx, events, transaction),
    dispatchEventSync: (event, transaction) => dispatchEventSync(ctx, event, transaction),

    health: {
      ready: createReadiness(ctx),
      backlog: () => ctx.storage.readBacklog({ now: ctx.storageTime() }),
      workers: () => readWorkers(ctx),
    },
    organizations: {
      upsert: (input) => upsertOrganization(ctx, input),
      get: (input) => getOrganization(ctx, input),
      list: (input = {}) => listOrganizations(ctx, input),
      delete: (input) => deleteOrganization(ctx, input),
    },
    apiKeys: {
      create: (input) => createApiKey(ctx, input),
      get: (input) => getApiKey(ctx, input),
      list: (input) => listApiKeys(ctx, input),
      update: (input) => updateApiKey(ctx, input),
      enable: (input) => switchApiKey(ctx, input, true),
      disable: (input) => switchApiKey(ctx, input, false),
      rotate: (input) => rotateApiKey(ctx, input),
      regenerate: (input) => regenerateApiKey(ctx, input),
      revoke: (input) => revokeApiKey(ctx, input),
      revokeMany: (input) => revokeApiKeys(ctx, input),
      usage: (input) => readApiKeyUsage(ctx, input),
      reportLeak: (input) => reportLeak(ctx, input),
      verify: (token, verifyOptions) => verifyApiKey(ctx, token, verifyOptions),
    },
    webhooks: {
      create: (input) => createWebhook(ctx, input),
      get: (input) => getWebhook(ctx, input),
      list: (input) => listWebhooks(ctx, input),
      update: (input) => updateWebhook(ctx, input),
      delete: (input) => deleteWebhook(ctx, input),
      enable: (input) => enableWebhook(ctx, input),
      disable: (input) => disableWebhook(ctx, input),
      recover: (input) => recoverWebhook(ctx, input),
      health: (input) => readHealth(ctx, input),
      rotateSecret: (input) => rotateSecret(ctx, input),
      publicKeys: (input) => readPublicKeys(ctx, input),
      test: (input) => testWebhook(ctx, input),
      verify: (input) => verifyWebhook(ctx, input),
      revealSecret: (input) => revealSecret(ctx, input),
    },
    maintenance: {
      run: async (runOptions) => maintenance.run(runOptions),
    },
    analytics: {
      summary: (input) => readSummary(ctx, input),
      timeSeries: (input) => readTimeSeries(ctx, input),
      byWebhook: (input) => readByWebhook(ctx, input),
      byEventType: (input) => readByEventType(ctx, input),
      errors: (input) => readErrors(ctx, input),
      rebuild: (input) => rebuildRollups(ctx, input),
    },
    audit: {
      list: (input) => listAudit(ctx, input),
      verify: (input) => verifyAudit(ctx, input),
    },
    events: {
      get: (input) => getEvent(ctx, input),
      list: (input) => listEvents(ctx, input),
      redact: (input) => redactEvent(ctx, input),
      types: (input) => listTypes(ctx, input),
      registerType: (input) => registerType(ctx, input),
      updateType: (input) => updateType(ctx, input),
      deleteType: (input) => deleteType(ctx, input),
    },
    deliveries: {
      get: (input) => getDelivery(ctx, input),
      list: (input) => listDeliveries(ctx, input),
      attempts: (input) => listAttempts(ctx, input),
      body: (input) => readDeliveryBody(ctx, input),
      retryNow: (input) => retryNow(ctx, input),
      replay: (input) => replay(ctx, input),
      replayMany: (input) => replayMany(ctx, input),
      stream: async (input) => streams.open(input),
      cancel: (input) => cancel(ctx, input),
      resolve: (input) => resolve(ctx, input),
    },
    bulkReplays: {
      get: (input) => getBulkReplay(ctx, input),
      list: (input) => listBulkReplays(ctx, input),
      pause: (input) => changeBulkReplay(ctx, input, 'pause'),
      resume: (input) => changeBulkReplay(ctx, input, 'resume'),
      cancel: (input) => changeBulkReplay(ctx, input, 'cancel'),
    },

    fetch: (request, fetchOptions) => handleRequest(leadhooks as Leadhooks, ctx, request, fetchOptions),
    hasRoute,
  }
  return leadhooks as Leadhooks<Catalogue, Tx>
}

/** What is told beside the database can get lost between the change and the telling. */
function apiKeyNewsOf({ apiKeys, storage }: LeadhooksOptions): ApiKeyNews | undefined {
  const { changes } = apiKeys ?? {}
  if (changes !== undefined) return { watch: changes.watch.bind(changes), isSure: false }
  return storage.watchApiKeys && { watch: storage.watchApiKeys.bind(storage), isSure: true }
}

interface Dispatches {
  dispatchEvent(event: DispatchInput, options?: DispatchOptions): Promise<Dispatched>
  dispatchEvents(events: readonly DispatchInput[], options?: DispatchOptions): Promise<Dispatched[]>
  dispatchEventSync(event: DispatchInput, options?: DispatchOptions): Dispatched
}

function createContext<Catalogue extends EventCatalogue, Tx>(
  options: LeadhooksOptions<Catalogue, Tx>,
  wake: () => void,
): Context {
  const settings = resolveSettings(options)
  const network = resolveNetworkPolicy(options.network)
  const { clock = systemClock, storage } = options
  const logger = createLog(options.logger ?? silentLogger)
  const { alerts: channels, alertQuietPeriodMs: quietPeriodMs } = settings
  const storageTime = (): Date | undefined =>
    options.clock === undefined ? undefined : new Date(clock.now())
  const alertsOptions = { channels, quietPeriodMs, storage, storageTime, clock, logger }
  const alerts = channels.length === 0 ? undefined : new Alerts(alertsOptions)
  const own = [options.observe ?? []].flat().map((observer) => safeObserver(observer, logger))
  const observe = observers(...own, alerts?.observe)
  const ctx: Context = {
    storage,
    encryption: createEncryption(options.encryptionKeys),
    auditChain: createAuditChain(options.encryptionKeys),
    onAuditHead: options.audit?.onHead,
    catalogue: settings.operationalEvents ? withOperationalEvents(options.events) : options.events,
    registeredTypes: new RegisteredTypes(storage, clock),
    settings,
    network,
    agent: createGuardedAgent(network, clock),
    tokenHashes: createTokenHashes(settings.apiKeys.peppers, settings.apiKeys.requirePepper),
    apiKeyCache: new ApiKeyCache(clock, settings.apiKeys.cache, apiKeyNewsOf(options)),
    apiKeyUsage: new UsageRecorder(storage, { clock, logger, observe }),
    rateLimiter: options.rateLimiter ?? memoryRateLimiter({ clock }),
    clientAddress: createClientAddress(settings.trustedProxies),
    underWay: new UnderWay(settings.delivery.organizationConcurrency),
    clock,
    storageTime,
    random: options.random ?? Math.random,
    logger,
    observe,
    tracing: options.tracing,
    alerts,
    changes: new DeliveryChanges(storage, { clock, logger, storageTime }),
    operationalEvents: undefined,
    // What a worker does is no part of the request that has dispatched something.
    wake: AsyncResource.bind(wake),
  }
  if (!settings.operationalEvents) return ctx
  const operationalEvents = new OperationalEvents(ctx)
  return { ...ctx, operationalEvents, observe: observers(ctx.observe, operationalEvents.observe) }
}
