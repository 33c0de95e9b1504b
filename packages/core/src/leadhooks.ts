import type { z } from 'zod'
import type { ByEventTypeInput, EventTypeAnalytics } from './analytics/by-event-type.ts'
import type { ByWebhookInput, WebhookAnalytics } from './analytics/by-webhook.ts'
import type { AnalyticsErrors } from './analytics/errors.ts'
import type { RebuildInput } from './analytics/keep-rollups.ts'
import type { AnalyticsInput, AnalyticsSummary } from './analytics/summary.ts'
import type { AnalyticsTimeSeries, TimeSeriesInput } from './analytics/time-series.ts'
import type { CreateApiKeyInput } from './api-keys/create-api-key.ts'
import type { ListApiKeysInput } from './api-keys/list-api-keys.ts'
import type { ApiKeyUsage, ApiKeyUsageInput } from './api-keys/read-usage.ts'
import type { LeakReport } from './api-keys/report-leak.ts'
import type { RevokeApiKeyInput, RevokeApiKeysInput } from './api-keys/revoke-api-key.ts'
import type { RegenerateApiKeyInput, RotateApiKeyInput } from './api-keys/rotate-api-key.ts'
import type { SwitchApiKeyInput, UpdateApiKeyInput } from './api-keys/update-api-key.ts'
import type { Verification, VerifyOptions } from './api-keys/verify-api-key.ts'
import type { ListAuditInput, ShownAuditEntry } from './audit/list-audit.ts'
import type { AuditVerification, VerifyAuditInput } from './audit/verify-audit.ts'
import type { ListDeliveriesInput } from './deliveries/list-deliveries.ts'
import type { DeliveryBody, DeliveryBodyInput } from './deliveries/read-body.ts'
import type { ListBulkReplaysInput, ReplayManyInput } from './deliveries/replay-many.ts'
import type { ReplayManyResult } from './deliveries/start-bulk-replay.ts'
import type { Worker } from './deliveries/worker.ts'
import type { Dispatched } from './events/dispatch-event.ts'
import type { EventCatalogue, EventData } from './events/event-catalogue.ts'
import type { EventType, ListTypesInput } from './events/event-types.ts'
import type { DeleteTypeInput, RegisterTypeInput, UpdateTypeInput } from './events/register-type.ts'
import type { GetEventInput, ListEventsInput } from './events/list-events.ts'
import type { Readiness } from './health.ts'
import type { RedactEventInput } from './events/redact-event.ts'
import type { DeleteOrganizationInput } from './erase-organization.ts'
import type { FetchOptions } from './http/caller.ts'
import type { StreamDeliveriesInput } from './live/live-streams.ts'
import type { MigrateOptions } from './migrate.ts'
import type { ApiKey } from './model/api-key.ts'
import type { Attempt } from './model/attempt.ts'
import type { BulkReplay } from './model/bulk-replay.ts'
import type { Delivery } from './model/delivery.ts'
import type { LeadhooksEvent } from './model/event.ts'
import type { Organization } from './model/organization.ts'
import type { Webhook } from './model/webhook.ts'
import type { WorkerStatus } from './model/worker-status.ts'
import type { UpsertOrganizationInput } from './organizations.ts'
import type { List, ListInput } from './pages.ts'
import type { Backlog, Diagnosis, PendingMigration, Scoped } from './storage/storage.ts'
import type { MaintenanceOptions, MaintenanceReport } from './retention/run-maintenance.ts'
import type { CreateWebhookInput } from './webhooks/create-webhook.ts'
import type { ListWebhooksInput } from './webhooks/list-webhooks.ts'
import type { DeleteWebhookInput } from './webhooks/delete-webhook.ts'
import type { PublicJwk, PublicKeysInput } from './webhooks/public-keys.ts'
import type { WebhookHealthReport } from './webhooks/read-health.ts'
import type { RecoverWebhookInput } from './webhooks/recover-webhook.ts'
import type { RevealSecretInput } from './webhooks/reveal-secret.ts'
import type { RotateSecretInput } from './webhooks/rotate-secret.ts'
import type { TestWebhookInput, WebhookTest } from './webhooks/test-webhook.ts'
import type { DisableWebhookInput, EnableWebhookInput } from './webhooks/switch-webhook.ts'
import type { UpdateWebhookInput } from './webhooks/update-webhook.ts'
import type { VerifyWebhookInput, WebhookVerification } from './webhooks/verify-url.ts'

/** What `dispatchEvent` takes: `data` as the schema of the event type takes it. */
export interface NewEventOf<Catalogue extends EventCatalogue, Type extends keyof Catalogue & string> {
  organizationId: string
  type: Type
  data: EventData<Catalogue, Type>
  /** The host's own id for the event: dispatched again, it makes no second one. @default a new id */
  id?: string | undefined
  /** What it belongs to, at most 10: webhooks with channels get only events with one of theirs. @default none */
  channels?: string[] | undefined
  /**
   * What the event is about (`lead_123`), in 1 to 128 characters: webhooks with `ordered` get the events of a key one after the other,
   * in the order in which they were dispatched. @default null, in no order
   */
  orderingKey?: string | null | undefined
}

/** An event whose type is known at run time only: its name is any text, and no literal, which the catalogue would have to have. */
export interface NewEventOfAnyType<Name extends string> {
  organizationId: string
  type: Name & (string extends Name ? unknown : never)
  data: unknown
  id?: string | undefined
  orderingKey?: string | null | undefined
}

type DispatchedOf<Catalogue extends EventCatalogue, Type extends keyof Catalogue & string> = Dispatched<
  Type,
  z.output<Catalogue[Type]['schema']>
>

/** Events of several types, each with the data of its own. */
type EachNewEventOf<Catalogue extends EventCatalogue, Types extends keyof Catalogue & string> = {
  [Type in Types]: NewEventOf<Catalogue, Type>
}[Types]

type EachDispatchedOf<Catalogue extends EventCatalogue, Types extends keyof Catalogue & string> = {
  [Type in Types]: DispatchedOf<Catalogue, Type>
}[Types]

/**
 * API keys and outbound webhooks for the organizations of a host. Made by `createLeadhooks`.
 *
 * Every method takes one object that names its organization, and throws `LeadhooksError` for broken calls
 * (`invalid_request`, `not_found`, …) and a broken storage (`storage_unavailable`, …).
 */
export interface Leadhooks<Catalogue extends EventCatalogue = EventCatalogue, Tx = unknown> {
  /**
   * Brings the tables up to date, and answers the migrations that it ran. Call it at every start: it does nothing when there
   * is nothing to do. With `dryRun` it changes nothing, and answers what it would run.
   */
  migrate(options?: MigrateOptions): Promise<PendingMigration[]>
  /** Examines the storage and the options. What is wrong is reported, not thrown. */
  diagnose(): Promise<Diagnosis[]>
  /** Starts sending what is due, here. Other processes may do the same. */
  startWorker(): Worker
  /** Stops the workers of this process and closes what Leadhooks opened. */
  close(): Promise<void>

  /**
   * Writes an event and a delivery for every webhook that matches. Once it resolves, each of them ends `delivered`,
   * `dead_letter` or `cancelled`, whatever dies on the way.
   *
   * With `tx`, the host's open transaction, the event exists when that commits, and not before.
   *
   * ```ts
   * await leadhooks.dispatchEvent({ organizationId: 'acme', type: 'new_lead', data: { id: 'lead_123' } })
   * ```
   *
   * Throws `unknown_event_type`, `invalid_event_data` (with the path), `payload_too_large`; nothing is written then.
   */
  dispatchEvent<Name extends string>(
    event: NewEventOfAnyType<Name>,
    options?: { tx?: Tx | undefined },
  ): Promise<Dispatched>
  dispatchEvent<Type extends keyof Catalogue & string>(
    event: NewEventOf<Catalogue, Type>,
    options?: { tx?: Tx | undefined },
  ): Promise<DispatchedOf<Catalogue, Type>>
  /** Writes many events in one transaction: all of them or none. Answers in the order given. */
  dispatchEvents<Name extends string>(
    events: readonly NewEventOfAnyType<Name>[],
    options?: { tx?: Tx | undefined },
  ): Promise<Dispatched[]>
  dispatchEvents<Type extends keyof Catalogue & string>(
    events: readonly EachNewEventOf<Catalogue, Type>[],
    options?: { tx?: Tx | undefined },
  ): Promise<EachDispatchedOf<Catalogue, Type>[]>
  /**
   * The same for synchronous transactions (better-sqlite3): called inside `database.transaction(…)` the event commits or
   * rolls back with the host's own rows. Throws `not_supported` where the storage has none.
   */
  dispatchEventSync<Name extends string>(
    event: NewEventOfAnyType<Name>,
    options?: { tx?: Tx | undefined },
  ): Dispatched
  dispatchEventSync<Type extends keyof Catalogue & string>(
    event: NewEventOf<Catalogue, Type>,
    options?: { tx?: Tx | undefined },
  ): DispatchedOf<Catalogue, Type>

  health: {
    /**
     * Whether this process can do its work: the database answers and is migrated, the encryption keys work, rate limits are counted. As it
     * was a second ago at most. Never throws.
     */
    ready(): Promise<Readiness>
    /** What all organizations together have waiting, and what was given up, as the storage counts it at this moment. */
    backlog(): Promise<Backlog>
    /** The workers of all processes: those that were heard of in the last hour, the latest first. Each tells of itself every 15 s. */
    workers(): Promise<WorkerStatus[]>
  }
  organizations: {
    /** Registers an organization, or renames it. Keys, webhooks and events need no such row. */
    upsert(input: UpsertOrganizationInput): Promise<Organization>
    get(input: { id: string }): Promise<Organization>
    list(input?: ListInput): Promise<List<Organization>>
    /**
     * Removes all that there is of an organization: webhooks, keys, events, deliveries, figures, its audit log, itself. Batch by batch,
     * and to the end whatever happens: with `wait: false` it is left to the workers.
     */
    delete(input: DeleteOrganizationInput): Promise<void>
  }
  apiKeys: {
    /** Makes a key. The answer is the one place that shows its token. */
    create(input: CreateApiKeyInput): Promise<{ apiKey: ApiKey; token: string }>
    get(input: Scoped): Promise<ApiKey>
    list(input: ListApiKeysInput): Promise<List<ApiKey>>
    update(input: UpdateApiKeyInput): Promise<ApiKey>
    /** Lets a key in again. */
    enable(input: SwitchApiKeyInput): Promise<ApiKey>
    /** Refuses a key until it is enabled again. */
    disable(input: SwitchApiKeyInput): Promise<ApiKey>
    /**
     * Gives a key another token, and shows it once. The former token works for `graceSeconds` longer (a day unless told), and
     * never past the expiry of the key.
     */
    rotate(input: RotateApiKeyInput): Promise<{ apiKey: ApiKey; token: string }>
    /** Gives a key another token, and ends the former one at once. */
    regenerate(input: RegenerateApiKeyInput): Promise<{ apiKey: ApiKey; token: string }>
    /** Ends a key for good. */
    revoke(input: RevokeApiKeyInput): Promise<ApiKey>
    /** Ends all keys with a tag, of an owner, or both. Answers those that it ended. */
    revokeMany(input: RevokeApiKeysInput): Promise<ApiKey[]>
    /** How often a key was used, by minute, hour or day, by outcome and route. */
    usage(input: ApiKeyUsageInput): Promise<ApiKeyUsage>
    /**
     * Takes the report that a token was found in public, and does what `apiKeys.leaked` says. Answers the key; null for a token
     * that is none, or works no more.
     */
    reportLeak(input: LeakReport): Promise<ApiKey | null>
    /** Checks a token. A bad one is a value, with the reason; it never throws for it. */
    verify(token: string, options?: VerifyOptions): Promise<Verification>
  }
  webhooks: {
    /** Registers a URL. The answer is the one place that shows its signing secret. */
    create(input: CreateWebhookInput): Promise<{ webhook: Webhook; secret: string }>
    get(input: Scoped): Promise<Webhook>
    list(input: ListWebhooksInput): Promise<List<Webhook>>
    update(input: UpdateWebhookInput): Promise<Webhook>
    /** Removes it and cancels its unfinished deliveries. */
    delete(input: DeleteWebhookInput): Promise<void>
    /**
     * Lets its deliveries go again, those that waited first. With `resume: 'none'`, or `{ since }`, those that waited are cancelled,
     * or the older of them.
     */
    enable(input: EnableWebhookInput): Promise<Webhook>
    /** Makes its deliveries wait, and takes no new events. */
    disable(input: DisableWebhookInput): Promise<Webhook>
    /**
     * Sends it the events of its organization since a time that it has missed: those that were never sent to it, be it that a person
     * had switched it off or that it was made later, and with `includeFailed` also those that were given up or cancelled. It goes
     * on in the background, at a rate, and makes one delivery of an event, however often it is called. With `dryRun` it only counts.
     */
    recover(input: RecoverWebhookInput): Promise<ReplayManyResult>
    /** Whether its deliveries go, and how it has failed since its last success. */
    health(input: Scoped): Promise<WebhookHealthReport>
    /**
     * Gives it another signing secret, and shows it; and another Ed25519 key, where it has one. Requests are signed with the former
     * ones too for `graceSeconds` longer (a day unless told).
     */
    rotateSecret(input: RotateSecretInput): Promise<{ webhook: Webhook; secret: string }>
    /**
     * The keys that verify its `v1a` signatures, as a JSON Web Key Set. Meant for everybody: the id of the webhook is all that it
     * takes.
     */
    publicKeys(input: PublicKeysInput): Promise<{ keys: PublicJwk[] }>
    /** Sends it a signed example at once, and tells all about it. It is no delivery, and counts nowhere. */
    test(input: TestWebhookInput): Promise<WebhookTest>
    /** Sends its URL a challenge once more, and lets its deliveries go when the answer holds it. */
    verify(input: VerifyWebhookInput): Promise<WebhookVerification>
    /** Shows its signing secret once more, and writes in the audit log that it did. */
    revealSecret(input: RevealSecretInput): Promise<{ secret: string }>
  }
  /**
   * What came of deliveries. Figures are counted by the statement that writes each result: none of these reads deliveries or
   * attempts. Test sends, and what was cancelled or left out by a filter, count nowhere.
   */
  analytics: {
    /** A period all together, and the one before beside it; and how many webhooks there are, by how they fare. */
    summary(input: AnalyticsInput): Promise<AnalyticsSummary>
    /** The same figures by minute, hour or day. */
    timeSeries(input: TimeSeriesInput): Promise<AnalyticsTimeSeries>
    /** By webhook, with its status, the evidence for that, and what will become of it. */
    byWebhook(input: ByWebhookInput): Promise<List<WebhookAnalytics>>
    byEventType(input: ByEventTypeInput): Promise<{ data: EventTypeAnalytics[] }>
    /** Why attempts failed, and deliveries were given up. */
    errors(input: AnalyticsInput): Promise<AnalyticsErrors>
    /** Counts an organization's deliveries and attempts anew. */
    rebuild(input: RebuildInput): Promise<void>
  }
  maintenance: {
    /**
     * Removes what is older than `retention` says: finished deliveries with their attempts, events that no delivery needs any more, ended API
     * keys, figures past their time. Workers do so by themselves, every six hours; entries of the audit log always stay. In steps so
     * small that other work goes on beside them, and in one process of all that ask: the others are answered `busy`.
     */
    run(options?: MaintenanceOptions): Promise<MaintenanceReport>
  }
  audit: {
    /** Every change of a key, webhook or organization, and every look at a secret: who, from where, before and after. */
    list(input: ListAuditInput): Promise<List<ShownAuditEntry>>
    /**
     * Walks the whole chain of an organization, and finds entries that were edited, removed, cut off, made up, reordered or
     * brought from elsewhere.
     */
    verify(input: VerifyAuditInput): Promise<AuditVerification>
  }
  events: {
    /** Sensitive fields of its type are hidden, unless `showSensitive` is true. */
    get(input: GetEventInput): Promise<LeadhooksEvent>
    /** Sensitive fields are hidden. */
    list(input: ListEventsInput): Promise<List<LeadhooksEvent>>
    /**
     * Removes the data of an event for good: its body, what was made of it to be sent, and what receivers have answered. The event, its
     * deliveries and their attempts stay; those that are unfinished end as `cancelled: redacted`. Redacted again, nothing is changed.
     */
    redact(input: RedactEventInput): Promise<LeadhooksEvent>
    /** The event types in code and those registered, for all organizations and for this one, with JSON Schema and example. */
    types(input?: ListTypesInput): Promise<EventType[]>
    /**
     * Adds an event type at run time: of one organization, or of all. Other processes know of it within ten seconds. Throws
     * `conflict` for a name that is taken, in code or here, and `invalid_request` for a schema that is none or would take too long.
     */
    registerType(input: RegisterTypeInput): Promise<EventType>
    /** Changes what is named of a registered event type. */
    updateType(input: UpdateTypeInput): Promise<EventType>
    /** Removes a registered event type. Its events stay. */
    deleteType(input: DeleteTypeInput): Promise<void>
  }
  deliveries: {
    get(input: Scoped): Promise<Delivery>
    list(input: ListDeliveriesInput): Promise<List<Delivery>>
    /** Every request that was made for a delivery, the first one first. */
    attempts(input: Scoped): Promise<Attempt[]>
    /** What its requests carry, the same in all of them; null as long as there is nothing to send. */
    body(input: DeliveryBodyInput): Promise<DeliveryBody | null>
    /** Makes a waiting delivery due now. Throws `conflict` for a finished one. */
    retryNow(input: Scoped): Promise<Delivery>
    /** Makes a new delivery of the same event to the same webhook, with the same body. Throws `conflict` when the webhook was deleted. */
    replay(input: Scoped): Promise<Delivery>
    /**
     * Replays all finished deliveries that match (dead letters unless told), in the background, at a rate. With `dryRun` it only
     * counts them.
     */
    replayMany(input: ReplayManyInput): Promise<ReplayManyResult>
    /**
     * What becomes of deliveries as it happens, as server-sent events in UTF-8: `new Response(await leadhooks.deliveries.stream(…))`. With
     * the id of an event as `lastEventId` it goes on behind that. Throws `invalid_request` for an id that no stream has sent.
     */
    stream(input: StreamDeliveriesInput): Promise<ReadableStream<Uint8Array>>
    /** Ends an unfinished delivery. Throws `conflict` for a finished one. */
    cancel(input: Scoped): Promise<Delivery>
    /** Marks a dead letter as dealt with. Throws `conflict` for anything else. */
    resolve(input: Scoped): Promise<Delivery>
  }

  /** The replays of many deliveries, and the recoveries of webhooks, and how far they have come. */
  bulkReplays: {
    get(input: Scoped): Promise<BulkReplay>
    list(input: ListBulkReplaysInput): Promise<List<BulkReplay>>
    /** Stops it until it is resumed. Throws `conflict` for one that is not running. */
    pause(input: Scoped): Promise<BulkReplay>
    resume(input: Scoped): Promise<BulkReplay>
    /** Ends it for good. What it has made goes on. */
    cancel(input: Scoped): Promise<BulkReplay>
  }

  /**
   * The management API, mountable anywhere that speaks `Request` and `Response`. Paths are relative to where it is mounted;
   * where the framework does not strip its prefix, give it as `basePath`. Never throws.
   */
  fetch(request: Request, options?: FetchOptions): Promise<Response>
  /** Whether a path, relative to the mount, belongs to the management API. */
  hasRoute(path: string): boolean
}
