import type { RetryPolicy } from './retry-policy.ts'

/**
 * How `X-Webhook-Signature` is written beside the Standard Webhooks headers: `sha256=` and the hex HMAC of the body, the
 * bare hex, or not at all.
 */
export const bodySignatures = ['sha256=', 'hex', 'off'] as const
export type BodySignature = (typeof bodySignatures)[number]

/** Who or what switched a webhook off: a person, a receiver that answered 410 Gone, or one that failed for too long. */
export const disabledReasons = ['by_user', 'gone', 'failing'] as const
export type DisabledReason = (typeof disabledReasons)[number]

/** `open`: its deliveries wait. `half_open`: one is on its way, to find out whether the receiver is back. */
export const circuitStates = ['closed', 'open', 'half_open'] as const
export type CircuitState = (typeof circuitStates)[number]

/**
 * Why deliveries wait: the circuit is open, the receiver asked for a pause (429 or 503), as many as its throttle lets through
 * have gone, a maintenance window is open, the URL has yet to answer its challenge, or they wait for others to go along.
 */
export const waitReasons = [
  'circuit',
  'paused',
  'throttled',
  'maintenance',
  'verification',
  'batching',
] as const
export type WaitReason = (typeof waitReasons)[number]

/** Whether the URL of a webhook has answered its challenge. */
export const verificationStates = ['pending', 'verified'] as const
export type VerificationState = (typeof verificationStates)[number]

/** When a circuit opens, and how often it is tried then. */
export interface CircuitPolicy {
  /** So many failures in a row, */
  failures: number
  /** over at least so long, open it. */
  spanMs: number
  /** How long it waits for its first probe; twice as long for each later one, */
  firstProbeMs: number
  /** up to this. */
  longestProbeMs: number
}

/** When a webhook that fails is switched off: after so many failures in a row, or when nothing else came for so long. */
export type AutoDisablePolicy = { consecutiveFailures: number } | { failingForMs: number }

/** A token bucket, of all workers together: `requests` may go at once, and as many are refilled, evenly, in `perMs`. */
export interface Throttle {
  requests: number
  perMs: number
}

/** How many events go by one request at most, and how long one waits for others until it goes with those that there are. */
export interface BatchSettings {
  maxEvents: number
  maxWaitMs: number
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/**
 * A time in which nothing is sent: once, from and to times in RFC 3339, or each week on these days from a time of the day on, so
 * many minutes long, by the clocks of a time zone.
 */
export type MaintenanceWindow =
  | { startsAt: string; endsAt: string }
  | { weekdays: Weekday[]; startsAt: string; minutes: number; timeZone: string }

/**
 * How the body of a request is laid out. `leadhooks`: `{ id, event, timestamp, data }`. `standard`: `{ type, timestamp, data }`, as
 * Standard Webhooks has it. `cloudevents`: CloudEvents 1.0 in the structured mode of JSON. `data`: the data alone.
 */
export const payloadFormats = ['leadhooks', 'standard', 'cloudevents', 'data'] as const
export type PayloadFormat = (typeof payloadFormats)[number]

/** How requests identify themselves to the receiver, beside the signature. */
export const authenticationTypes = ['basic', 'bearer', 'oauth2'] as const
export type AuthenticationType = (typeof authenticationTypes)[number]

/** What is shown of a certificate. */
export interface CertificateInfo {
  /** `O=Acme, CN=crm` */
  subject: string
  /** In RFC 3339. */
  expiresAt: string
  /** The SHA-256 of it, as `AB:CD:…`. */
  fingerprint: string
}

/** The authorities that a webhook trusts in place of the public ones, and the certificate that it shows to its receiver. */
export interface TlsCertificates {
  ca: CertificateInfo[]
  client: CertificateInfo | null
}

/** How a webhook has fared since its last success. Times are milliseconds since the epoch. */
export interface WebhookHealth {
  consecutiveFailures: number
  failingSince: number
  /** How often the circuit opened. */
  openings: number
  /** The highest share of what switches it off that was warned of, in percent. */
  warnedOf: number
}

/** A registered URL of one organization, with its event types and delivery settings. */
export interface Webhook {
  id: string
  organizationId: string
  name: string | null
  description: string | null
  url: string
  /** `contact.created`, or `contact.*` for all that start so. Empty means every event type. */
  eventTypes: string[]
  /** Of these, only events that carry one of them. Empty means every event, whether it carries any or not. */
  channels: string[]
  /** Of these, only events whose data matches. Null: all. */
  filter: Record<string, unknown> | null
  format: PayloadFormat
  /** What `data` is made of: names, and where in the event their values are. Null: it is the event's. */
  mapping: Record<string, unknown> | null
  /** The names of the custom headers that each request carries. Their values are kept encrypted and never shown. */
  headerNames: string[]
  bodySignature: BodySignature
  /** Null where the host's default holds. */
  retry: RetryPolicy | null
  /** The deadline of one request, from look-up to last byte. Null where the host's default holds. */
  timeoutMs: number | null
  /** How many requests may be under way at once. Null where the host's default holds. */
  concurrency: number | null
  /** Null: as fast as its concurrency goes. */
  throttle: Throttle | null
  /**
   * Whether events with an `orderingKey` are sent one after the other, each key by itself: the next one when the one before it is
   * finished, be it delivered, given up or cancelled.
   */
  ordered: boolean
  /** Whether requests carry `traceparent`, and `tracestate` where there is one, so that the receiver goes on with the trace. */
  traceContext: boolean
  /** Null: each event goes by a request of its own. */
  batch: BatchSettings | null
  /** Nothing is sent in any of these. */
  maintenance: MaintenanceWindow[]
  /** What its requests carry as `Authorization`; the credentials are kept encrypted and never shown. */
  authenticationType: AuthenticationType | null
  /** What its connections trust and show; the key is kept encrypted and never shown. Null: as the host has it. */
  tlsCertificates: TlsCertificates | null
  /** Null where the host's default holds; false: it has none. */
  circuit: CircuitPolicy | false | null
  /** Null where the host's default holds; false: never. */
  autoDisable: AutoDisablePolicy | false | null
  circuitState: CircuitState
  /** Nothing is sent before then. */
  waitsUntil: Date | null
  waitsFor: WaitReason | null
  /** A new secret is made every so many days; null: only when somebody asks for it. */
  rotateSecretEveryDays: number | null
  rotateSecretAt: Date | null
  secretRotatedAt: Date | null
  /** Of an Ed25519 key (`whpk_…`) that requests are signed with beside the secret; null: with the secret alone. */
  publicKey: string | null
  /** Until when requests are signed with the former secret, and the former key, too. */
  previousSecretEndsAt: Date | null
  /** Whether its URL has proved that it wants deliveries, by answering a challenge; they wait until then. Null: it need not. */
  verification: VerificationState | null
  verifiedAt: Date | null
  enabled: boolean
  disabledReason: DisabledReason | null
  disabledAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** A webhook as storage keeps it: with its credentials, encrypted. */
export interface StoredWebhook extends Webhook {
  sealedSecret: string
  /** The former secret; null when there is none that still counts. */
  sealedPreviousSecret: string | null
  /** The half of `publicKey` that signs (`whsk_…`), encrypted. */
  sealedPrivateKey: string | null
  /** The former key; null when there is none that still counts. */
  previousPublicKey: string | null
  sealedPreviousPrivateKey: string | null
  /** The custom headers as encrypted JSON; null when there are none. */
  sealedHeaders: string | null
  /** The value of `Authorization`, or what a token is fetched with, as JSON; encrypted. Null when there is none. */
  sealedAuthentication: string | null
  /** Certificates and key as encrypted JSON. Null when there are none. */
  sealedTls: string | null
  /** The windows of its organization: whoever sends to the webhook has them at hand. The storage keeps them the same. */
  organizationMaintenance: MaintenanceWindow[]
  /**
   * How old a delivery may grow before it is given up: the length of the retry policy and a day. Null where the host's
   * default holds.
   */
  maxAgeMs: number | null
  /** Null when the last attempt was a success, or none was made. */
  health: WebhookHealth | null
}
