import type { RetryPolicy } from './retry-policy.ts'

/**
 * How `X-Webhook-Signature` is written beside the Standard Webhooks headers: `sha256=` and the hex HMAC of the body, the
 * bare hex, or not at all.
 */
export const bodySignatures = ['sha256=', 'hex', 'off'] as const
export type BodySignature = (typeof bodySignatures)[number]

/** Who or what switched a webhook off: a person, or a receiver that answered 410 Gone. */
export type DisabledReason = 'by_user' | 'gone'

/** A registered URL of one organization, with its event types and delivery settings. */
export interface Webhook {
  id: string
  organizationId: string
  name: string | null
  description: string | null
  url: string
  /** `contact.created`, or `contact.*` for all that start so. Empty means every event type. */
  eventTypes: string[]
  /** The names of the custom headers that each request carries. Their values are kept encrypted and never shown. */
  headerNames: string[]
  bodySignature: BodySignature
  /** Null where the host's default holds. */
  retry: RetryPolicy | null
  /** The deadline of one request, from look-up to last byte. Null where the host's default holds. */
  timeoutMs: number | null
  /** How many requests may be under way at once. Null where the host's default holds. */
  concurrency: number | null
  enabled: boolean
  disabledReason: DisabledReason | null
  disabledAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** A webhook as storage keeps it: with its credentials, encrypted. */
export interface StoredWebhook extends Webhook {
  sealedSecret: string
  /** The custom headers as encrypted JSON; null when there are none. */
  sealedHeaders: string | null
  /**
   * How old a delivery may grow before it is given up: the length of the retry policy and a day. Null where the host's
   * default holds.
   */
  maxAgeMs: number | null
}
