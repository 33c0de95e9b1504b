import { z } from 'zod'
import type { AlertChannel } from './alerts/alert-channel.ts'
import type { ApiKeyChanges } from './api-keys/api-key-changes.ts'
import type { ApiKeyCacheSettings } from './api-keys/api-key-cache.ts'
import { isAllowListEntry } from './api-keys/ip-allow-list.ts'
import type { LegacyKeys } from './api-keys/legacy-keys.ts'
import { leakPolicies, type LeakPolicy } from './api-keys/report-leak.ts'
import type { Pepper } from './api-keys/token-hash.ts'
import type { Clock } from './clock.ts'
import type { EncryptionKey } from './encryption.ts'
import { LeadhooksError } from './errors.ts'
import type { EventCatalogue } from './events/event-catalogue.ts'
import type { BodyLimits } from './events/serialize-body.ts'
import { describeIssues, toIssues } from './input.ts'
import type { AuditHead } from './model/audit-entry.ts'
import { type Environment, environments } from './model/api-key.ts'
import type { RateLimit } from './model/rate-limit.ts'
import type { DaysKept, Retention } from './model/retention.ts'
import type { RetryPolicy } from './model/retry-policy.ts'
import type { AutoDisablePolicy, CircuitPolicy } from './model/webhook.ts'
import type { NetworkOptions } from './network/network-policy.ts'
import type { Logger } from './logging/log.ts'
import type { Observer } from './observation.ts'
import { rateLimit, rateLimits } from './rate-limit/rate-limit-input.ts'
import type { RateLimiter } from './rate-limit/rate-limiter.ts'
import { retentionOptions } from './retention/retention-input.ts'
import type { Storage } from './storage/storage.ts'
import type { Tracing } from './tracing.ts'
import type { Shape } from './webhooks/shape.ts'
import { autoDisablePolicy, circuitSettings, retryPolicy } from './webhooks/webhook-input.ts'

export interface DeliveryOptions {
  /** How many requests a worker has under way at once. @default 64 */
  concurrency?: number | undefined
  /**
   * How many requests of a process, all its workers together, may go to the same webhook at once, where it has no
   * `concurrency` of its own. Whatever it has, one webhook is given a quarter of a worker's requests at most. @default 10
   */
  webhookConcurrency?: number | undefined
  /**
   * How many requests of one organization a process has under way at most, all its workers together: however many of its
   * webhooks hang, the others' go out. @default half of `concurrency`, at least 1
   */
  organizationConcurrency?: number | undefined
  /** The deadline of one request, from look-up to last byte, where the webhook has none of its own. @default 15000 */
  timeoutMs?: number | undefined
  /** When a failed delivery is tried again, where the webhook has no policy of its own. @default 'patient' */
  retry?: RetryPolicy | undefined
  /**
   * When the deliveries of a webhook that fails wait, and how long: after `failures` in a row over at least `spanMs`, for
   * `firstProbeMs`; then one of them is tried, and while that fails the waits double, up to `longestProbeMs`. False: never.
   * Where the webhook has none of its own. @default { failures: 10, spanMs: 30_000, firstProbeMs: 30_000, longestProbeMs: 3_600_000 }
   */
  circuit?: Partial<CircuitPolicy> | false | undefined
  /**
   * When a webhook that fails is switched off: `{ failingForMs }` or `{ consecutiveFailures }`; false: never. Its deliveries wait
   * until somebody enables it. Where the webhook has none of its own. @default { failingForMs: 432_000_000 }, five days
   */
  autoDisable?: AutoDisablePolicy | false | undefined
  /**
   * Makes the data of a request, for every delivery before its first one: `async ({ event, webhook, data }) => ({ … })`. What it
   * answers is sent in place of `data`, on every attempt; undefined: `data` itself. Where it throws or takes too long, the delivery
   * waits, longer each time, and spends no attempt. @default data goes out as the webhook's mapping makes it
   */
  shape?: Shape | undefined
  /** How long `shape` may take for a delivery. @default 5000 */
  shapeTimeoutMs?: number | undefined
  /**
   * Begins the `source` of CloudEvents, best a URL of the host: `https://crm.example` makes it
   * `https://crm.example/organizations/acme`. @default '': a path
   */
  cloudEventsSource?: string | undefined
  /** How long a delivery stays with a worker that has gone silent. Live workers renew their leases. @default 30000 */
  leaseMs?: number | undefined
  /** How often a worker looks for what has fallen due while nothing wakes it. @default 100 */
  pollIntervalMs?: number | undefined
}

export interface ApiKeyOptions {
  /** Begins every token: `lh` gives `lh_live_…`. @default 'lh' */
  prefix?: string | undefined
  /** Which keys are let in, where a check does not say. @default both */
  environments?: readonly Environment[] | undefined
  /** When new keys expire that say nothing of it. @default never */
  defaultExpiresInDays?: number | undefined
  /**
   * The resources of the host's own routes: `['contacts', 'leads']`. With them a permission for any other is refused when a key
   * is made. @default any resource will do
   */
  resources?: readonly string[] | undefined
  /**
   * Secrets that token hashes are made with, so that a stolen table is worthless. The first one is used; hashes of the others,
   * and those made without any, are still found, and made anew when their key is used. @default none
   */
  peppers?: readonly Pepper[] | undefined
  /**
   * Refuses tokens whose hash was made without a pepper: then nobody who can write to the table can make up a key. For once all
   * keys of before the peppers have been used, or replaced. @default false
   */
  requirePepper?: boolean | undefined
  /** Keys of another system, which are taken over one by one as they are used. @default none */
  legacyKeys?: readonly LegacyKeys[] | undefined
  /** What becomes of a key that was found in public. @default 'revoke' */
  leaked?: LeakPolicy | undefined
  /** How long before a key expires the observer is told (`api_key.expiring`). @default 7 */
  expiryNoticeDays?: number | undefined
  /**
   * Tells all processes of changed keys: `redisApiKeyChanges(…)`. For Postgres behind a pooler in transaction mode, where
   * the storage cannot. @default the storage
   */
  changes?: ApiKeyChanges | undefined
  /**
   * How many keys are cached (0: none), and how long each at most. Changes are heard of within a second whatever it says, also
   * from other processes. @default { mostKeys: 10_000, lifetimeMs: 10_000 }
   */
  cache?: Partial<ApiKeyCacheSettings> | undefined
}

export interface RateLimitOptions {
  /** The limits of each API key that has none of its own. @default none */
  perKey?: readonly RateLimit[] | undefined
  /** What all keys of an organization may do together. @default no limit */
  perOrganization?: RateLimit | undefined
  /**
   * How many events an organization may publish through the management API in a minute, where it has no `eventsPerMinute` of
   * its own. What the host itself dispatches is not limited. @default no limit
   */
  eventsPerMinute?: number | undefined
}

export interface RetentionOptions extends Retention {
  /**
   * How many days finished deliveries are kept, with their attempts and events; false: for ever. `deliveredDays`, `deadLetterDays` and
   * `cancelledDays` say otherwise of some, an organization's own `retention` of its own. @default 90
   */
  days?: DaysKept | undefined
  /** How many days API keys are kept that have expired or were revoked. Then they are as unknown as if they had never been. @default 90 */
  endedApiKeyDays?: DaysKept | undefined
  /** How often the workers, one of all, remove what is older: a minute to a week. @default 21600000, six hours */
  intervalMs?: number | undefined
}

export interface LeadhooksOptions<Catalogue extends EventCatalogue = EventCatalogue, Tx = unknown> {
  /** Where everything is kept: `sqliteStorage(…)`, or `memoryStorage()` for a test. */
  storage: Storage<Tx>
  /** What credentials are encrypted with at rest. The first key encrypts, all decrypt. */
  encryptionKeys: readonly EncryptionKey[]
  /**
   * `onHead` is given the signed end of an organization's audit log after each entry, to be kept outside the database: then
   * `audit.verify({ head })` also notices that entries were cut off. @default kept nowhere else
   */
  audit?: { onHead?: (head: AuditHead) => void }
  /** The event types of the host. Without it any type and any data pass. */
  events?: Catalogue
  apiKeys?: ApiKeyOptions
  /** Where rate limits are counted: `redisRateLimiter(…)`, say. @default in memory, in each process for itself */
  rateLimiter?: RateLimiter
  rateLimits?: RateLimitOptions
  /**
   * The addresses and CIDRs of proxies whose `X-Forwarded-For` is believed, for the management API. @default none: where a
   * request comes from is what the framework says
   */
  trustedProxies?: readonly string[]
  delivery?: DeliveryOptions
  network?: NetworkOptions
  limits?: Partial<BodyLimits>
  /** For how long what is finished is kept. */
  retention?: RetentionOptions
  /** A pino-shaped logger. It is told of what went wrong, and of what maintenance has removed, with the fields that the docs list. @default silent */
  logger?: Logger
  /** Told of every dispatch and every attempt, in this process: one observer, or several. @default none */
  observe?: Observer | readonly Observer[]
  /** Makes spans of dispatches and attempts: `openTelemetryTracing()` of `@leadhooks/opentelemetry`. @default none */
  tracing?: Tracing
  /**
   * Where alerts go of webhooks that fail, deliveries that are given up and keys that expire: `slackAlerts(…)`, `emailAlerts(…)`,
   * `webhookAlerts(…)`, or a function. @default nowhere
   */
  alerts?: readonly AlertChannel[]
  /** Of alerts that repeat one another, one goes out in so long. @default 900000, fifteen minutes */
  alertQuietPeriodMs?: number
  /**
   * Dispatches what happens to webhooks and keys as events of their organization (`webhook.disabled`, `delivery.dead_lettered`,
   * `api_key.expiring`, …), to the webhooks that take them. One that takes all event types gets them too. @default false
   */
  operationalEvents?: boolean
  /** For tests: `fakeClock()`. @default the system's, and in the database the database's own */
  clock?: Clock
  /** For tests: numbers from 0 to 1, for jitter. @default Math.random */
  random?: () => number
}

const method = z.custom((value) => typeof value === 'function', 'Must be a function')
const methods = (names: readonly string[]) =>
  z.looseObject(Object.fromEntries(names.map((name) => [name, method])))

const pepper = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'Must be 1 to 32 letters, digits, "-" or "_"'),
  secret: z.string().min(16, 'Must have at least 16 characters'),
})

const options = z.strictObject({
  storage: methods(['migrate', 'insertEvents', 'claimDeliveries', 'settleDeliveries']),
  encryptionKeys: z.array(z.strictObject({ id: z.string(), key: z.string().optional() })),
  events: z.record(z.string(), z.looseObject({ schema: methods(['safeParse']) })).optional(),
  // Its own rules check it.
  network: z.unknown().optional(),
  audit: z.strictObject({ onHead: method.optional() }).optional(),
  logger: methods(['info', 'warn', 'error']).optional(),
  observe: z.union([method, z.array(method)]).optional(),
  tracing: methods(['startDispatch', 'startAttempt']).optional(),
  alerts: z
    .array(z.custom<AlertChannel>((value) => typeof value === 'function', 'Must be a function'))
    .default([]),
  operationalEvents: z.boolean().default(false),
  alertQuietPeriodMs: z.int().min(0).max(86_400_000).default(900_000),
  clock: methods(['now', 'schedule']).optional(),
  random: method.optional(),
  apiKeys: z
    .strictObject({
      prefix: z
        .string()
        .regex(/^[a-z][a-z0-9]{0,15}$/, 'Must be 1 to 16 lower-case letters or digits')
        .default('lh'),
      environments: z
        .array(z.enum(environments))
        .min(1)
        .default([...environments]),
      defaultExpiresInDays: z.number().positive().max(36_500).nullable().default(null),
      resources: z.array(z.string().regex(/^[a-z0-9_-]+$/)).optional(),
      peppers: z.array(pepper).default([]),
      requirePepper: z.boolean().default(false),
      legacyKeys: z.array(z.strictObject({ prefix: z.string().min(1), lookup: method })).default([]),
      leaked: z.enum(leakPolicies).default('revoke'),
      expiryNoticeDays: z.number().min(0).max(365).default(7),
      changes: methods(['publish', 'watch']).optional(),
      cache: z
        .strictObject({
          mostKeys: z.int().min(0).max(10_000_000).default(10_000),
          lifetimeMs: z.int().min(0).max(60_000).default(10_000),
        })
        .prefault({}),
    })
    .refine(({ peppers, requirePepper }) => !requirePepper || peppers.length > 0, {
      path: ['requirePepper'],
      message: 'There is no pepper: no token could be found',
    })
    .prefault({})
    .transform(({ legacyKeys, changes, ...plain }) => ({
      ...plain,
      legacyKeys: legacyKeys as LegacyKeys[],
      changes: changes as ApiKeyChanges | undefined,
    })),
  trustedProxies: z
    .array(z.string().refine(isAllowListEntry, 'Must be an address or a CIDR: 10.0.0.0/8'))
    .default([]),
  rateLimiter: methods(['consume']).optional(),
  rateLimits: z
    .strictObject({
      perKey: rateLimits.default([]),
      perOrganization: rateLimit.nullable().default(null),
      eventsPerMinute: z.int().min(1).max(100_000_000).nullable().default(null),
    })
    .prefault({}),
  delivery: z
    .strictObject({
      concurrency: z.int().min(1).max(10_000).default(64),
      webhookConcurrency: z.int().min(1).max(10_000).default(10),
      organizationConcurrency: z.int().min(1).max(10_000).optional(),
      timeoutMs: z.int().min(1).max(600_000).default(15_000),
      retry: retryPolicy.default('patient'),
      circuit: circuitSettings.or(z.literal(false)).prefault({}),
      autoDisable: autoDisablePolicy.or(z.literal(false)).default({ failingForMs: 5 * 86_400_000 }),
      shape: z.custom<Shape>((value) => typeof value === 'function', 'Must be a function').optional(),
      shapeTimeoutMs: z.int().min(1).max(60_000).default(5000),
      cloudEventsSource: z
        .string()
        .regex(
          /^([A-Za-z][A-Za-z0-9+.-]*:[^\s?#]*[^\s?#/])?$/,
          'Must be a URI without query, that ends with no slash',
        )
        .default(''),
      leaseMs: z.int().min(100).max(3_600_000).default(30_000),
      pollIntervalMs: z.int().min(1).max(60_000).default(100),
    })
    .prefault({})
    .transform(({ organizationConcurrency, ...delivery }) => ({
      ...delivery,
      organizationConcurrency: organizationConcurrency ?? Math.max(1, Math.floor(delivery.concurrency / 2)),
    })),
  retention: retentionOptions.prefault({}),
  limits: z
    .strictObject({
      maxBodyBytes: z.int().min(1024).max(16_777_216).default(262_144),
      maxDepth: z.int().min(1).max(1000).default(64),
    })
    .prefault({}),
})

/** The settings of the host, checked once, with every default filled in. */
export type Settings = Pick<
  z.output<typeof options>,
  | 'apiKeys'
  | 'rateLimits'
  | 'trustedProxies'
  | 'delivery'
  | 'limits'
  | 'retention'
  | 'alerts'
  | 'alertQuietPeriodMs'
  | 'operationalEvents'
>

/** Throws `invalid_options`, naming the option and the value that is wrong. */
export function resolveSettings(given: LeadhooksOptions): Settings {
  const result = options.safeParse(given)
  if (result.success) return result.data
  const issues = toIssues(result.error)
  throw new LeadhooksError('invalid_options', `createLeadhooks: ${describeIssues(issues)}`, { issues })
}
