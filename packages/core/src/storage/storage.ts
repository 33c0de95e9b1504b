import type { ApiKey, Environment } from '../model/api-key.ts'
import type { ApiKeyOutcome, UsageInterval } from '../model/api-key-usage.ts'
import type { AuditAction, AuditEntry, AuditHead } from '../model/audit-entry.ts'
import type { Attempt } from '../model/attempt.ts'
import type {
  BulkReplayStatus,
  RecoveryFilter,
  ReplayFilter,
  StoredBulkReplay,
} from '../model/bulk-replay.ts'
import type {
  CancelReason,
  DeadLetterReason,
  Delivery,
  DeliveryStatus,
  ShapedBody,
} from '../model/delivery.ts'
import type { StoredEvent } from '../model/event.ts'
import type { RegisteredEventType } from '../model/event-type.ts'
import type { Organization } from '../model/organization.ts'
import type { DisabledReason, PayloadFormat, StoredWebhook } from '../model/webhook.ts'
import type { FinishedStatus, Retention } from '../model/retention.ts'
import type { Rollup } from '../model/rollup.ts'
import type { SeenWorker, WorkerBeat } from '../model/worker-status.ts'

/**
 * All that Leadhooks asks of a database: verbs of its own trade, each atomic. Every method says in a line what
 * concurrent callers see; `@leadhooks/core/conformance` races them to check it.
 *
 * Time: due times and leases are judged by the storage's own clock (the database server's, where there is one), so that
 * workers on several machines need not agree. Where a call carries `now`, that time is used in its place: tests do so.
 *
 * Scope: every read and write that names an `organizationId` sees that organization only. Another organization's id is
 * answered exactly as an unknown one.
 *
 * Errors: methods throw `LeadhooksError` only: `storage_unavailable` (locked, full, gone: the call may be repeated),
 * `migration_required`, `storage_corrupt`, `conflict`. A call that throws has changed nothing.
 *
 * Audit: where a change comes with an `audit`, its entry is written in the same transaction, or neither is. Entries of an
 * organization follow one another without gaps, however many callers write at once.
 *
 * `Tx` is what the host may pass to make an event part of its own transaction. Core never looks inside.
 */
export interface Storage<Tx = unknown>
  extends
    OrganizationStorage,
    ApiKeyStorage,
    WebhookStorage,
    EventTypeStorage<Tx>,
    EventStorage<Tx>,
    DeliveryStorage,
    BulkReplayStorage,
    RollupStorage,
    RetentionStorage,
    DutyStorage,
    WorkerStorage,
    ChangeStorage,
    RequestStorage,
    BacklogStorage,
    AuditStorage {
  /**
   * Brings the tables up to date, and answers the migrations that this call ran. Concurrency: any number of processes may
   * call it at once; each migration runs once.
   */
  migrate(): Promise<PendingMigration[]>
  /** What `migrate` would run: `[]` when the tables are up to date. Changes nothing, also in a database without tables. */
  pendingMigrations(): Promise<PendingMigration[]>
  /** Examines the database. A bad state is reported, not thrown, and nothing is changed. */
  diagnose(): Promise<Diagnosis[]>
  /**
   * Calls `onWork` when something may be due that the workers of this process do not know of: it came from another process,
   * say. Answers how to end it. @default absent: workers find it by asking, every `pollIntervalMs`
   */
  watchForWork?(onWork: () => void): () => Promise<void>
  /**
   * Calls `onChange` with the id of an API key that was changed by anyone, here or in another process, and with null when any
   * may have been. @default absent: keys are cached for a second at most
   */
  watchApiKeys?(onChange: (apiKeyId: string | null) => void): ApiKeyWatch
  /** The clock that due times and leases are judged by. @default absent: it is the clock of this process */
  currentTime?(): Promise<Date>
  /** Closes what this storage opened, and nothing that the host opened. */
  close(): Promise<void>
}

/** Hears of changes of API keys. */
export interface ApiKeyWatch {
  /**
   * Whether every change that was made a second ago or earlier has been told of, as far as that can be known. Asked before
   * each use of a cached key: it answers at once.
   */
  isCurrent(): boolean
  end(): Promise<void>
}

/** A step from one version of the tables to the next. */
export interface PendingMigration {
  /** Counts from 1, without gaps. */
  version: number
  name: string
  /** `concurrent`: its statements run one by one, outside of any transaction, as `create index concurrently` has to. */
  mode: 'transactional' | 'concurrent'
  /** A sentence: what it locks, and for how long on a large table. */
  locks: string
  /** SQL of the dialect, one statement each, and last the one that notes the migration as done. */
  statements: readonly string[]
}

/** What came of one check of the whole. */
export interface Diagnosis {
  /** Names the check: `journal-mode`. */
  check: string
  /** `problem`: Leadhooks cannot work like this. `warning`: it can, but something is worth a look. */
  status: 'ok' | 'warning' | 'problem'
  /** What was found and, unless it is `ok`, what to do. */
  message: string
}

/** A row of one organization. */
export interface Scoped {
  organizationId: string
  id: string
}

/** A call that may carry the time in place of the storage's own clock. */
export interface Timed {
  now?: Date | undefined
}

/** The row after which a page begins. Lists run from newest to oldest: by `createdAt`, then by `id`, both descending. */
export interface PagePosition {
  createdAt: Date
  id: string
}

export interface Page {
  limit: number
  after?: PagePosition | undefined
}

export interface OrganizationStorage {
  /**
   * Its maintenance windows are written to all of its webhooks too, in the same transaction. Where they have changed, no webhook
   * waits for `maintenance` any more: whoever sends next sees whether it has to.
   *
   * Concurrency: of two callers with the same id, one creates and the other renames. `createdAt` stays the first.
   */
  upsertOrganization(organization: Organization, audit?: Audit<Organization>): Promise<Organization>
  findOrganization(id: string): Promise<Organization | null>
  /**
   * Notes that all of an organization is to be removed; what it holds is another matter. False where that is noted already: then no
   * entry is written. Concurrency: of any number of callers one notes it.
   */
  beginErasure(erasure: { organizationId: string }, audit?: Audit<never>): Promise<boolean>
  /**
   * Removes so many rows of an organization, and what hangs on them: its webhooks and keys first, its audit log last. False when nothing
   * was left: then the erasure is over, and no longer noted.
   *
   * Concurrency: any number of callers may erase at once, while its events are dispatched, claimed and settled. Nothing of another
   * organization is touched.
   */
  eraseNext(erasure: { organizationId: string; limit: number }): Promise<boolean>
  /** The organizations whose erasure is noted, by their ids. */
  listErasures(options: { limit: number }): Promise<string[]>
  listOrganizations(page: Page): Promise<Organization[]>
}

/** What a caller may change of an API key. */
export type ApiKeyChanges = Partial<
  Pick<
    ApiKey,
    | 'name'
    | 'description'
    | 'role'
    | 'permissions'
    | 'enabled'
    | 'allowedIps'
    | 'rateLimits'
    | 'tags'
    | 'metadata'
    | 'ownerId'
    | 'rotateEveryDays'
    | 'expiresAt'
  >
>

/** An API key as one of its tokens finds it. */
export interface FoundApiKey {
  apiKey: ApiKey
  /** By which of the hashes it was found. */
  hash: string
  /** When this token ends; null for the current one, which lives as long as the key. */
  tokenEndsAt: Date | null
}

/** Another token for a key. */
export interface TokenRotation extends Pick<ApiKey, 'start' | 'last4'> {
  hash: string
  rotatedAt: Date
  /** Until when the former token works, if the key does not expire before; null: it ends at `rotatedAt`. */
  graceEndsAt: Date | null
}

export interface Revocation {
  revokedAt: Date
  reason: string | null
}

/** Which keys of an organization: those for which all that is given is true. */
export interface ApiKeyFilter {
  organizationId: string
  tag?: string | undefined
  ownerId?: string | undefined
  environment?: Environment | undefined
  /** Not used since then, and made before it. */
  unusedSince?: Date | undefined
  expiresBefore?: Date | undefined
  isRevoked?: boolean | undefined
}

export interface ApiKeyQuery extends ApiKeyFilter, Page {}

export interface ApiKeyReminders {
  expiring: ApiKey[]
  rotationDue: ApiKey[]
}

/** The last use of a key. */
export interface ApiKeyUse extends Scoped {
  usedAt: Date
  ip: string | null
  userAgent: string | null
}

/** How often a key was used, since the last time that this was written. */
export interface ApiKeyUsageCount extends Scoped {
  interval: UsageInterval
  /** The beginning of the interval, in UTC. */
  startsAt: Date
  outcome: ApiKeyOutcome
  /** What was called, by the host's own name for it; '' where it gave none. */
  route: string
  count: number
}

export interface ApiKeyUsageQuery extends Scoped {
  interval: UsageInterval
  from: Date
  to: Date
}

export interface ApiKeyStorage {
  /** `hash` is unique over all tokens of all organizations: a second key with the same one is a `conflict`. */
  insertApiKey(apiKey: ApiKey, hash: string, audit?: Audit<ApiKey>): Promise<void>
  /** By one statement: a token may have been hashed in several ways, of which at most one is stored. */
  findApiKeyByHash(hashes: readonly string[]): Promise<FoundApiKey | null>
  findApiKey(key: Scoped): Promise<ApiKey | null>
  listApiKeys(query: ApiKeyQuery): Promise<ApiKey[]>
  /** Changes the named fields, and no others. Concurrency: changes of different fields both stay. */
  updateApiKey(key: Scoped, changes: ApiKeyChanges, audit?: Audit<ApiKey>): Promise<ApiKey | null>
  /**
   * Gives a key another token. The former one ends with the grace, or when the key would have expired, whichever is first.
   * Null where there is no such key, or it was revoked.
   *
   * Concurrency: of any number of rotations at once one comes after the other, and the token of the last is the current one.
   */
  rotateApiKey(key: Scoped, rotation: TokenRotation, audit?: Audit<ApiKey>): Promise<ApiKey | null>
  /** Keeps a token under another hash of it. False where there is none under `from`. Concurrency: one of many callers does it. */
  rehashToken(from: string, to: string): Promise<boolean>
  /** Concurrency: the first caller's time and reason stay; a later one gets the key as it was revoked. */
  revokeApiKey(key: Scoped, revocation: Revocation, audit?: Audit<ApiKey>): Promise<ApiKey | null>
  /** Revokes all that match and were not revoked before, and answers those. Concurrency: each key is answered to one caller. */
  revokeApiKeys(filter: ApiKeyFilter, revocation: Revocation, audit?: Audit<ApiKey>): Promise<ApiKey[]>
  /**
   * The keys of all organizations that expire before then, and those that were due to be rotated by `now`. At most `limit` of
   * each. Concurrency: each expiry and each due rotation is answered once, to one caller.
   */
  takeApiKeyReminders(options: { now: Date; expiresBefore: Date; limit: number }): Promise<ApiKeyReminders>
  /**
   * Notes last uses, and adds counts to those that are there, all in one transaction. Keys that are no more are passed over.
   *
   * Concurrency: of two uses of a key the later one stays, whoever writes first; no count is lost, and no two callers wait for
   * each other in a circle.
   */
  recordApiKeyUsage(uses: readonly ApiKeyUse[], counts: readonly ApiKeyUsageCount[]): Promise<void>
  /** The counts of the intervals that begin from `from` to before `to`, by time, outcome and route. */
  readApiKeyUsage(query: ApiKeyUsageQuery): Promise<Omit<ApiKeyUsageCount, keyof Scoped>[]>
  /** Removes the counts of intervals that began before then. At most `limit` rows at a time; answers how many. */
  forgetApiKeyUsage(options: { interval: UsageInterval; before: Date; limit: number }): Promise<number>
}

/** What a caller may change of a webhook. */
export type WebhookChanges = Partial<
  Omit<StoredWebhook, 'id' | 'organizationId' | 'createdAt' | 'organizationMaintenance'>
>

/** What anybody may know of a webhook. */
export type PublicKeys = Pick<StoredWebhook, 'publicKey' | 'previousPublicKey' | 'previousSecretEndsAt'>

/** How many deliveries want to go to a webhook; below 0: so many that were let through are not sent. */
export interface ThrottleDraw extends Scoped {
  wanted: number
}

export interface WebhookStorage {
  /**
   * Whichever `organizationMaintenance` it comes with, it gets that of its organization.
   *
   * Concurrency: it has the windows of its organization, also where they are changed at the same time.
   */
  insertWebhook(webhook: StoredWebhook, audit?: Audit<StoredWebhook>): Promise<void>
  findWebhook(webhook: Scoped): Promise<StoredWebhook | null>
  /** Whichever organization's the webhook is. Null when it has no key, or there is none. */
  findPublicKeys(id: string): Promise<PublicKeys | null>
  listWebhooks(query: Page & { organizationId: string }): Promise<StoredWebhook[]>
  /**
   * Changes the named fields, and no others. Changes that depend on how the webhook is are told by a function, in the
   * transaction of the change; null changes nothing, and the webhook is answered as it is.
   *
   * Concurrency: changes of different fields both stay, and of any number of functions each sees what the one before it made.
   */
  updateWebhook(
    webhook: Scoped,
    changes: WebhookChanges | ((current: StoredWebhook) => WebhookChanges | null),
    audit?: Audit<StoredWebhook>,
  ): Promise<StoredWebhook | null>
  /**
   * Lets through to each webhook as many of those that want to go as its throttle has left, and answers how many, in the order given.
   * Where that is not all of them, the webhook waits until the next one may go (`throttled`). One that is switched off, waits already
   * or has its circuit not closed lets none through, and stays as it is; one without a throttle lets all through. What is given back
   * may go again: a webhook that was `throttled` waits no more.
   *
   * All by one statement, and no webhook is named twice: each claim of a busy worker calls it.
   *
   * Concurrency: all callers together are let through as many as the throttle says, and no more. A webhook that something else is
   * just changing keeps no other waiting.
   */
  drawFromThrottles(draws: readonly ThrottleDraw[], options: Timed): Promise<number[]>
  /** Webhooks of all organizations whose secret was to be rotated by then, the first due first. */
  findSecretsToRotate(options: { by: Date; limit: number }): Promise<StoredWebhook[]>
  /** Webhooks of all organizations, by their ids, with a credential that does not begin with `prefix`. */
  findSealedOtherwise(options: { prefix: string; afterId: string; limit: number }): Promise<StoredWebhook[]>
  /**
   * Removes the webhook and cancels its unfinished deliveries (`webhook_deleted`); their history stays. False when there
   * was none. Concurrency: an event dispatched meanwhile leaves no unfinished delivery to the webhook behind.
   */
  deleteWebhook(webhook: Scoped & Timed, audit?: Audit<StoredWebhook>): Promise<boolean>
}

/** Names a registered event type: one of an organization, or of all (`'*'`). */
export type EventTypeKey = Pick<RegisteredEventType, 'organizationId' | 'name'>

/** What a caller may change of an event type. */
export type EventTypeChanges = Partial<Omit<RegisteredEventType, 'organizationId' | 'name' | 'createdAt'>>

/** What an event is checked by, and what of it is shown to few. */
export type EventTypeRules = Pick<RegisteredEventType, 'schema' | 'sensitive'>

export interface EventTypeStorage<Tx> {
  /** False where there is one of that name already. Concurrency: of any number of callers one writes it. */
  insertEventType(type: RegisteredEventType, audit?: Audit<RegisteredEventType>): Promise<boolean>
  /** Changes the named fields, and no others. Concurrency: changes of different fields both stay. */
  updateEventType(
    key: EventTypeKey,
    changes: EventTypeChanges,
    audit?: Audit<RegisteredEventType>,
  ): Promise<RegisteredEventType | null>
  /** False when there was none. Concurrency: of any number of callers one is told that it did. */
  deleteEventType(key: EventTypeKey, audit?: Audit<RegisteredEventType>): Promise<boolean>
  /** Those of an organization, by their names. */
  listEventTypes(query: { organizationId: string }): Promise<RegisteredEventType[]>
  /** How many an organization has. */
  countEventTypes(query: { organizationId: string }): Promise<number>
  /**
   * The rules for an event of an organization: those of the type of all organizations (`'*'`), or else of its own. With `tx` they are
   * read in the host's transaction: no other connection is waited for.
   */
  findEventTypeRules(key: EventTypeKey, options?: { tx?: Tx | undefined }): Promise<EventTypeRules | null>
  /** The same at once, where `insertEventsSync` is there. */
  findEventTypeRulesSync?(key: EventTypeKey, options?: { tx?: Tx | undefined }): EventTypeRules | null
  /**
   * Another number than before once any event type, of whichever organization, was written, changed or deleted; 0 where none ever
   * was. Whoever keeps rules asks for it from time to time.
   */
  eventTypesVersion(): Promise<number>
}

export interface NewEvent extends StoredEvent {
  /** What a webhook's `eventTypes` may hold to match: for `contact.created`, that and `contact.*`. */
  patterns: readonly string[]
}

export interface InsertedEvent {
  /** The event as it is stored: on a duplicate, the first one. */
  event: StoredEvent
  deliveries: number
  duplicate: boolean
}

export interface EventQuery extends Page {
  organizationId: string
  type?: string | undefined
}

export interface EventStorage<Tx> {
  /**
   * Writes each event with a `pending` delivery, due at once, for every webhook of its organization that matches by event type and,
   * where the webhook has any, by one of its channels; but for those
   * that a person has switched off: one that was switched off since it failed holds what comes. Where the organization has an
   * event of that id, nothing is written. All or none are; answers in the order given.
   *
   * With `tx` it all becomes part of the host's transaction: it exists when that commits, and not before.
   *
   * Concurrency: of any number of callers with the same id, one writes and every one gets that event.
   */
  insertEvents(
    events: readonly NewEvent[],
    options: Timed & { tx?: Tx | undefined },
  ): Promise<InsertedEvent[]>
  /** The same at once, for databases whose transactions are synchronous. @default absent: not supported */
  insertEventsSync?(events: readonly NewEvent[], options: Timed & { tx?: Tx | undefined }): InsertedEvent[]
  findEvent(event: Scoped): Promise<StoredEvent | null>
  /**
   * Removes the data of an event: its body, what was made of it to be sent, and what receivers have answered. Its unfinished deliveries
   * end (`cancelled: redacted`), also under lease; rows and attempts stay. Answers the event as it is then; where it was redacted
   * before, nothing is changed. Null where there is none.
   *
   * Concurrency: whatever is settled, replayed or made to be sent meanwhile, nothing of the data is left once this has resolved, and
   * no unfinished delivery. Of any number of callers one has an entry in the audit log.
   */
  redactEvent(event: Scoped & Timed, audit?: Audit<StoredEvent>): Promise<StoredEvent | null>
  listEvents(query: EventQuery): Promise<StoredEvent[]>
}

export interface ClaimRequest extends Timed {
  limit: number
  leaseMs: number
  /** How many more deliveries these webhooks may be given. One that is not named may be given its own concurrency. */
  room: ReadonlyMap<string, number>
  /** The concurrency of a webhook that has none of its own. */
  defaultConcurrency: number
  /** More than this no webhook is given that is not named in `room`. @default no more than its concurrency */
  mostConcurrency?: number | undefined
  /**
   * How many more deliveries these organizations may be given. One that is not named may be given `mostPerOrganization`.
   *
   * @default none is named
   */
  organizationRoom?: ReadonlyMap<string, number> | undefined
  /** More than this no organization is given that is not named in `organizationRoom`. @default no limit */
  mostPerOrganization?: number | undefined
  /**
   * Leases deliveries of this webhook only, as many as `limit` says and none whose lease has lapsed; room and fairness are no
   * matter. @default absent: of all webhooks
   */
  only?: Scoped | undefined
  /** Told of what this claim has given up (`worker_crash`), once that is written. */
  onGivenUp?: ((deliveries: GivenUp[]) => void) | undefined
}

/** A delivery that was given up without a further attempt. */
export type GivenUp = Pick<Delivery, 'organizationId' | 'webhookId' | 'eventId' | 'eventType' | 'id'>

/** A delivery under lease, with all that an attempt needs. */
export interface ClaimedDelivery {
  id: string
  organizationId: string
  /** The fencing token of this claim: random, never used twice. */
  lease: string
  /** The number of the attempt to make: one more than were started before. */
  attempt: number
  createdAt: Date
  /** `retrying`: an attempt has failed, so that a body was sent. `pending`: none has ended, though some may be lost. */
  status: Extract<DeliveryStatus, 'pending' | 'retrying'>
  /** The next one of this key is due when this one is finished; null: it is in no order. */
  orderingKey: string | null
  /** Its `body` is the one to send: what was made for this delivery, or else the event's. */
  event: Pick<StoredEvent, 'id' | 'type' | 'body' | 'traceparent'>
  /** The format of what was made for this delivery; null: nothing was. */
  shapedAs: PayloadFormat | null
  /** One object for all deliveries of a claim that go to the same webhook. */
  webhook: StoredWebhook
}

export type Claim = Pick<ClaimedDelivery, 'id' | 'lease'>

/** What came of a claimed delivery. */
export interface Settlement {
  id: string
  lease: string
  /**
   * The request that was made; null when there was none: the delivery was given up, or, where it is `retrying`, put off. That keeps
   * its status and its attempts.
   */
  attempt: Attempt | null
  next:
    | { status: 'delivered' }
    | { status: 'retrying'; delayMs: number }
    | { status: 'dead_letter'; reason: DeadLetterReason }
    | { status: 'cancelled'; reason: CancelReason }
  /** Switches the webhook off in the same write. */
  disableWebhook?: DisabledReason | undefined
}

export interface KeptBody extends Claim, ShapedBody {}

export interface SettleOptions extends Timed {
  /** Makes the entry of a webhook that a settlement switches off. @default none is written */
  audit?: Audit<StoredWebhook> | undefined
  /** Told of a webhook that a settlement has switched off, and was on before, once that is written. */
  onDisabled?: ((webhook: Scoped) => void) | undefined
}

export interface DeliveryQuery extends Page {
  organizationId: string
  webhookId?: string | undefined
  eventId?: string | undefined
  eventType?: string | undefined
  status?: DeliveryStatus | undefined
}

/** What waits for a webhook: older than `createdBefore`, or all of it. */
export interface WaitingDeliveries {
  organizationId: string
  webhookId: string
  createdBefore: Date | null
  limit: number
}

export interface DeliveryStorage {
  /**
   * Leases up to `limit` due deliveries of enabled webhooks: lapsed leases first, then fairly, one organization after the
   * other and within it one webhook after the other, the earliest due of each first. Nothing due: `[]` at once.
   *
   * No webhook and no organization is given more than its room, lapsed leases included: what there is no room for stays
   * where it is, and keeps nothing else waiting.
   *
   * Taking over a lapsed lease records a `lost` attempt and counts it. The fifth lapse in a row ends the delivery instead
   * (`dead_letter: worker_crash`). From the second lapse in a row on a delivery is a suspect, and of all suspects one is out
   * at a time: a delivery that ends its worker must not end those that were under way beside it.
   *
   * Of the deliveries of an `orderingKey` that were dispatched to a webhook while it was `ordered`, one has its turn at a time, in the
   * order of their dispatch, and keeps it until it is finished, leased or waiting to be tried again. Those behind it keep nothing
   * else waiting, however many they are. What was committed late takes its place among those that have not had their turn. A
   * replay is in no order.
   *
   * Concurrency: no delivery is handed to two callers while its lease lives, and no two of a key are out at once.
   */
  claimDeliveries(request: ClaimRequest): Promise<ClaimedDelivery[]>
  /** Lets the leases run `leaseMs` from now. Answers the ids that are still held; a lapsed lease that nobody took over is. */
  renewLeases(claims: readonly Claim[], options: Timed & { leaseMs: number }): Promise<string[]>
  /** Gives back claims of which nothing was sent: due again at once, no attempt spent. A lease taken over stays as it is. */
  releaseDeliveries(claims: readonly Claim[], options: Timed): Promise<void>
  /**
   * Keeps what was made for claimed deliveries to send, all in one statement; `true` where it is kept. Claims bring it from then on,
   * and replays have it too. What is kept already stays.
   *
   * Concurrency: only the holder of the lease writes.
   */
  keepBodies(bodies: readonly KeptBody[]): Promise<boolean[]>
  /** What was made for a delivery to send; null where nothing was, or the organization has no such delivery. */
  findBody(delivery: Scoped): Promise<ShapedBody | null>
  /**
   * Writes what came of each claim, in one transaction, and ends its lease; `true` where it was written. A webhook that is
   * switched off by it is so once, and has its entry in the audit log.
   *
   * Concurrency: only the holder of the lease changes the delivery and its webhook. A settlement that comes too late
   * (`false`) leaves just its attempt, as `superseded`: in the place of the `lost` one, or as a row of its own where the
   * delivery was cancelled meanwhile.
   */
  settleDeliveries(settlements: readonly Settlement[], options: SettleOptions): Promise<boolean[]>
  /**
   * Gives up what is due or waiting but not leased, and older than its webhook's `maxAgeMs` (`dead_letter: expired`), also
   * where the webhook is disabled. Where that is null, `defaultMaxAgeMs` counts. At most `limit` at a time; answers those.
   * Concurrency: each delivery is answered to one caller.
   */
  expireDeliveries(options: Timed & { limit: number; defaultMaxAgeMs: number }): Promise<GivenUp[]>

  findDelivery(delivery: Scoped): Promise<Delivery | null>
  listDeliveries(query: DeliveryQuery): Promise<Delivery[]>
  /** The attempts of a delivery by their number; null when the organization has no such delivery. */
  listAttempts(delivery: Scoped): Promise<Attempt[] | null>

  /** Makes a waiting delivery due now. Null unless it is unfinished; one that is leased is answered as it stands. */
  retryDelivery(delivery: Scoped & Timed): Promise<Delivery | null>
  /**
   * Makes a new delivery of the same event to the same webhook, with what was made for it to send. Null unless its webhook and its
   * event exist, with its data.
   */
  replayDelivery(delivery: Scoped & Timed): Promise<Delivery | null>
  /** Ends an unfinished delivery (`cancelled: by_user`), also under lease. Null unless it is unfinished. */
  cancelDelivery(delivery: Scoped & Timed): Promise<Delivery | null>
  /**
   * Ends what waits for a webhook (`cancelled: by_user`), at most `limit` at a time; answers how many. What a worker has stays with
   * it until its lease lapses: then a `lost` attempt tells of it.
   */
  cancelWaiting(waiting: WaitingDeliveries & Timed): Promise<number>
  /** Marks a dead letter as dealt with. Null unless it is a dead letter. The first caller's time stays. */
  resolveDelivery(delivery: Scoped & Timed): Promise<Delivery | null>
}

export type RunningReplay = Pick<StoredBulkReplay, 'organizationId' | 'id' | 'perSecond'>

export interface ReplayStep extends Scoped, Timed {
  /** How many deliveries it sees to at most. */
  limit: number
  /** How many events a recovery looks through for them, at most. */
  lookThrough: number
}

/** What a webhook has missed, of the events that follow one. */
export interface MissedQuery extends RecoveryFilter {
  webhook: StoredWebhook
  after?: PagePosition | undefined
  /** How many events are looked through at most, whether they match or not. */
  lookThrough: number
}

export interface MissedCount {
  missed: number
  /** The last event that was looked through; null when there are no more. */
  last: PagePosition | null
}

export interface BulkReplayStorage {
  /** How many deliveries of an organization match, but for those of events that were redacted: nothing of them can be sent. */
  countReplayable(filter: ReplayFilter & { organizationId: string }): Promise<number>
  /**
   * How many of the next events a webhook has missed: those of its organization that match and were not redacted, of which it has no
   * delivery.
   * With `includeFailed`, those too of which it has some, but none that was delivered, is unfinished, did not match its filter or
   * was resolved.
   */
  countMissed(query: MissedQuery): Promise<MissedCount>
  /**
   * Writes a bulk replay, or, where the organization has one of the same idempotency key, nothing. Answers the one that is stored.
   *
   * Concurrency: of any number of callers with the same key, one writes and every one gets that.
   */
  insertBulkReplay(replay: StoredBulkReplay): Promise<StoredBulkReplay>
  findBulkReplay(replay: Scoped): Promise<StoredBulkReplay | null>
  listBulkReplays(query: Page & { organizationId: string }): Promise<StoredBulkReplay[]>
  /**
   * Those of all organizations that are running: the first one of each, then the second ones, and so on. No more is read of them, so
   * that one that is corrupt stops no other.
   */
  listRunningReplays(options: { limit: number }): Promise<RunningReplay[]>
  /**
   * Changes the state where it is one of `from`, and answers the bulk replay; null where it is not. One that is cancelled is
   * finished at `now`.
   */
  changeReplayState(
    replay: Scoped & Timed,
    change: { from: readonly BulkReplayStatus[]; to: BulkReplayStatus },
  ): Promise<StoredBulkReplay | null>
  /**
   * Replays the next `limit` deliveries that match, the oldest first, and notes how far it has come, all in one transaction; with
   * the last of them it is completed. One that is not running is answered as it is; null where there is none.
   *
   * A recovery does so with the next events that its webhook has missed (`countMissed`): each gets a delivery, which repeats the
   * last one to that webhook where there is one. When the webhook is no more, it is cancelled.
   *
   * Concurrency: steps of the same bulk replay come one after the other, and none replays a delivery that another has. Recoveries
   * of the same webhook, however many there are, make one delivery of an event.
   */
  advanceBulkReplay(step: ReplayStep): Promise<StoredBulkReplay | null>
}

/** Part of a time, in intervals of one length: `from` and `to` are beginnings of such. */
export interface RollupSpan {
  interval: UsageInterval
  from: Date
  to: Date
}

/** Which counts of an organization, of spans that do not overlap. */
export interface RollupQuery {
  organizationId: string
  spans: readonly RollupSpan[]
  /** The counts of each of these. @default all webhooks together */
  webhookIds?: readonly string[] | undefined
  /** The counts of this one. @default all event types together */
  eventType?: string | undefined
  /** The counts of each event type there was. @default false */
  eachEventType?: boolean | undefined
}

/**
 * Counts of what came of deliveries, kept by minute, hour and day. They are written by the statement that settles, or gives up,
 * a delivery: what was settled is counted, and what was not is not. A settlement that comes too late counts nowhere, and so do
 * attempts that were lost, and deliveries that were cancelled.
 *
 * An attempt counts in the minute in which it was started, and the end of a delivery in that of the settlement.
 */
export interface RollupStorage {
  /**
   * The counts of the intervals that begin in a span; those of the same place and beginning may come in several parts, to be added up.
   *
   * Concurrency: what was settled before is counted once, whether it was added to the rollups before, after or meanwhile.
   */
  readRollups(query: RollupQuery): Promise<Rollup[]>
  /**
   * Adds to the rollups what was settled since, at most `limit` batches of it, the oldest first; answers how many. No figures change
   * by it: reading them gets cheaper.
   *
   * Concurrency: of any number of callers at once none adds what another has added.
   */
  foldRollups(options: { limit: number }): Promise<number>
  /** Removes the rollups of intervals that began before then. At most `limit` rows at a time; answers how many. */
  forgetRollups(options: { interval: UsageInterval; before: Date; limit: number }): Promise<number>
  /**
   * Makes the rollups of an organization anew from its deliveries and attempts. Intervals that began before `keptSince` get none.
   *
   * Concurrency: what is settled meanwhile is counted once.
   */
  rebuildRollups(options: {
    organizationId: string
    keptSince: Readonly<Record<UsageInterval, Date>>
  }): Promise<void>
}

/** Part of a walk through the rows of an organization, from the oldest on. */
export interface Walk {
  organizationId: string
  /** The row that the part before ended with; null: there was none before. */
  after: PagePosition | null
  /** How many rows are removed or passed over. A delivery counts with its attempts; the first is seen to, however many those are. */
  limit: number
}

/**
 * Removal of what is old, some rows at a time: no statement reads or removes more than a few times its `limit`. None of it touches what is
 * not finished, nor the audit log.
 */
export interface RetentionStorage {
  /** Organizations that have events, by their ids, with the retention that each has of its own. */
  listRetentions(query: {
    afterId: string
    limit: number
  }): Promise<{ organizationId: string; retention: Retention | null }[]>
  /**
   * Removes deliveries of a status that were finished before then, with their attempts and what was made for them to send; but for those
   * that a replay names, as long as that is there. `last`: where to go on; null when nothing was left to look at.
   *
   * Concurrency: any number of callers may do so, while others are dispatched, claimed and settled.
   */
  forgetDeliveries(
    walk: Walk & { status: FinishedStatus; finishedBefore: Date },
  ): Promise<{ deliveries: number; attempts: number; last: PagePosition | null }>
  /**
   * Removes events that were created before then and have no delivery any more, finished or not. Their ids are free again.
   *
   * Concurrency: no delivery is made, by a replay or a recovery, of an event that is gone.
   */
  forgetEvents(walk: Walk & { createdBefore: Date }): Promise<{ events: number; last: PagePosition | null }>
  /** Removes replays of many that were finished before then. Answers how many. */
  forgetBulkReplays(batch: { organizationId: string; finishedBefore: Date; limit: number }): Promise<number>
  /**
   * Removes the keys of all organizations that expired or were revoked before then, with their tokens and the counts of their use, and the
   * tokens of other keys that ended before then. Answers how many rows it removed; 0 when nothing was left.
   */
  forgetApiKeys(batch: { endedBefore: Date; limit: number }): Promise<number>
}

/** Something that one worker of all is to see to, whichever it is: `housekeeping`. */
export interface Duty {
  name: string
  /** Who has it or wants it: an id that no other worker has. */
  holder: string
}

/** Duties are held like deliveries, under a lease in a row: that works behind any connection pool, and outlasts no crash for long. */
export interface DutyStorage {
  /**
   * True when the holder has the duty for the next `leaseMs`: nobody had it, its lease had lapsed, or the holder had it
   * already, and has it for longer now. False when another has it; then nothing is changed.
   *
   * Concurrency: of any number of callers one gets it.
   */
  takeDuty(duty: Duty & Timed & { leaseMs: number }): Promise<boolean>
  /** Gives the duty up, so that another may have it at once. Nothing happens where the holder does not have it. */
  releaseDuty(duty: Duty): Promise<void>
  /** Forgets duties that nobody has any more, since their lease has lapsed. At most `limit` at a time; answers how many. */
  forgetDuties(options: Timed & { limit: number }): Promise<number>
}

/** The workers of all processes, as each tells of itself. */
export interface WorkerStorage {
  /** Notes that a worker is there, and how it is now. It has started with its first beat. Concurrency: each writes of itself only. */
  beatWorker(beat: WorkerBeat & Timed): Promise<void>
  /** Those that are noted, the one that was heard of last first. */
  listWorkers(options: Timed & { limit: number }): Promise<SeenWorker[]>
  /** Forgets workers that have ended, or have been silent for too long. One that beats again is there again. */
  removeWorkers(ids: readonly string[]): Promise<void>
}

/** A request that may come again with the same key, in place of one whose answer got lost. */
export interface KeyedRequest {
  organizationId: string
  /** What it asks for: `POST /keys`. */
  route: string
  key: string
}

export interface RequestTake extends KeyedRequest, Timed {
  /** Tells it from another request with the same key. */
  fingerprint: string
  /** Who sees to it: an id that no other caller has. */
  holder: string
  leaseMs: number
}

/** What is known of a request of the same key. */
export interface KnownRequest {
  fingerprint: string
  /** Null as long as somebody sees to it. */
  answer: string | null
}

/** Requests are held like duties, until they have an answer: that is kept, for whoever sends the same once more. */
export interface RequestStorage {
  /**
   * Null when the request is for the holder to see to, within `leaseMs`: there was none of that key, its lease lapsed without an
   * answer, or the time of its answer is over. Else the one there is; then nothing is changed.
   *
   * Concurrency: of any number of callers one gets null.
   */
  takeRequest(take: RequestTake): Promise<KnownRequest | null>
  /** Keeps the answer for `keepMs` from now. False where the holder has the request no more: then nothing is changed. */
  answerRequest(
    answer: KeyedRequest & Timed & { holder: string; answer: string; keepMs: number },
  ): Promise<boolean>
  /** Forgets a request that its holder has no answer to: the next one is seen to as if it were the first. */
  dropRequest(request: KeyedRequest & { holder: string }): Promise<void>
  /** Forgets requests whose time is over. At most `limit` at a time; answers how many. */
  forgetRequests(options: Timed & { limit: number }): Promise<number>
}

/** Something that was noted for those who watch, as text. */
export interface NotedChange {
  organizationId: string
  change: string
}

/** For screens that follow what happens: changes are noted of organizations that somebody watches, and forgotten minutes later. */
export interface ChangeStorage {
  /** From now on, for so long, changes of these organizations are noted, also by other processes. Called again, for longer. */
  watchChanges(watch: Timed & { organizationIds: readonly string[]; forMs: number }): Promise<void>
  /** The organizations that are watched. */
  listWatched(options: Timed): Promise<string[]>
  /**
   * Notes changes of organizations that are watched, and none of others.
   *
   * Concurrency: of any number of callers one comes after the other: what is noted later has a greater key, and who has read up to a
   * key misses nothing by going on from it.
   */
  noteChanges(changes: readonly NotedChange[], options: Timed): Promise<void>
  /** Changes of all organizations with a key greater than that, in order. */
  readChanges(query: { after: number; limit: number }): Promise<(NotedChange & { key: number })[]>
  /** The greatest key that there is; 0 where there is none. */
  lastChange(): Promise<number>
  /** Forgets what was noted before then, and watches that are over. At most `limit` changes; answers how many. */
  forgetChanges(options: Timed & { before: Date; limit: number }): Promise<number>
}

/** What the organizations all together have waiting, and what was given up. */
export interface Backlog {
  /** Deliveries that are not finished: due, leased, or waiting for their time or their webhook. */
  unfinished: number
  /** Those of them that a worker could have at this moment. */
  due: number
  /** Since when the one is due that has been so for longest; null where none is. */
  oldestDueAt: Date | null
  /** Given up, and not resolved by anybody. */
  deadLetters: number
  webhooks: WebhookCounts
}

/** Webhooks by what holds their deliveries: nothing, something that passes (a pause, a throttle, a circuit, …), or a switch. */
export interface WebhookCounts {
  active: number
  waiting: number
  disabled: number
}

export interface BacklogStorage {
  /** Counts. It goes through what is waiting, and not through what is finished: a few times a minute does no harm. */
  readBacklog(options: Timed): Promise<Backlog>
}

/** How the entry of a change is made, by a key that the storage does not have. */
export interface Audit<Row> {
  /** The entry that follows `head`; null when there is nothing to write down. Called within the transaction of the change. */
  entry(change: { before: Row | null; after: Row | null }, head: AuditHead | null): AuditEntry | null
  /** The head that an entry makes. */
  head(entry: AuditEntry): AuditHead
  /** Told of the last head, once the transaction has committed. */
  written(head: AuditHead): void
}

export interface AuditQuery extends Page {
  organizationId: string
  action?: AuditAction | undefined
  targetId?: string | undefined
  actorId?: string | undefined
}

export interface AuditStorage {
  /** Writes an entry that belongs to no change of a row: that a secret was shown. */
  appendAudit(organizationId: string, audit: Audit<never>): Promise<void>
  listAudit(query: AuditQuery): Promise<AuditEntry[]>
  /** The chain from its beginning on: what follows the entry of that number, in order. */
  readAudit(query: { organizationId: string; afterSequence: number; limit: number }): Promise<AuditEntry[]>
  findAuditHead(organizationId: string): Promise<AuditHead | null>
}
