import type { AttemptFailure } from './attempt-failures.ts'
import type { PayloadFormat } from './webhook.ts'

export const deliveryStatuses = ['pending', 'retrying', 'delivered', 'dead_letter', 'cancelled'] as const
/**
 * `pending`: not tried yet. `retrying`: failed, and due again. `delivered`, `dead_letter`, `cancelled`: finished. A
 * delivery that a worker holds keeps its status and carries a lease.
 */
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/**
 * Why a delivery was given up. `exhausted`: out of attempts. `expired`: older than its webhook's retry policy and a day.
 * `worker_crash`: five workers in a row vanished while they held it. `undecryptable`: no key opens the webhook's secret.
 * `gone`: the receiver answered 410. `unshapeable`: what was made of the event's data is no JSON, or too much.
 */
export type DeadLetterReason =
  | 'exhausted'
  | 'expired'
  | 'worker_crash'
  | 'undecryptable'
  | 'gone'
  | 'unshapeable'

/**
 * `filtered`: the data of the event did not match the filter of the webhook, and nothing was sent. `redacted`: the data of the event
 * was removed.
 */
export type CancelReason = 'by_user' | 'webhook_deleted' | 'filtered' | 'redacted'

/** What was made for a delivery to send, before its first request. */
export interface ShapedBody {
  format: PayloadFormat
  /** Null: the event's own, as it turned out. */
  body: string | null
}

/** One event on its way to one webhook. */
export interface Delivery {
  id: string
  organizationId: string
  webhookId: string
  eventId: string
  eventType: string
  status: DeliveryStatus
  reason: DeadLetterReason | CancelReason | null
  /** How many requests were started. */
  attempts: number
  /** When the next attempt is due; null once finished, and while others of its ordering key come first. */
  nextAttemptAt: Date | null
  /** How the last attempt ended: its status code, or why there was none. */
  statusCode: number | null
  failure: AttemptFailure | null
  /** The delivery that this one repeats, and the first of that chain. */
  replayOf: string | null
  replayRoot: string | null
  /** How many replays there are from that first one to this: 0 for one that repeats nothing. */
  replayDepth: number
  createdAt: Date
  finishedAt: Date | null
  /** When a person said that this dead letter is dealt with. */
  resolvedAt: Date | null
}
