import type { AttemptFailure } from './attempt-failures.ts'

export const deliveryStatuses = ['pending', 'retrying', 'delivered', 'dead_letter', 'cancelled'] as const
/**
 * `pending`: not tried yet. `retrying`: failed, and due again. `delivered`, `dead_letter`, `cancelled`: finished. A
 * delivery that a worker holds keeps its status and carries a lease.
 */
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/**
 * Why a delivery was given up. `exhausted`: out of attempts. `expired`: older than its webhook's retry policy and a day.
 * `worker_crash`: five workers in a row vanished while they held it. `undecryptable`: no key opens the webhook's secret.
 * `gone`: the receiver answered 410.
 */
export type DeadLetterReason = 'exhausted' | 'expired' | 'worker_crash' | 'undecryptable' | 'gone'

/** `filtered`: the data of the event did not match the filter of the webhook, and nothing was sent. */
export type CancelReason = 'by_user' | 'webhook_deleted' | 'filtered'

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
  /** When the next attempt is due; null once finished. */
  nextAttemptAt: Date | null
  /** How the last attempt ended: its status code, or why there was none. */
  statusCode: number | null
  failure: AttemptFailure | null
  /** The delivery that this one repeats, and the first of that chain. */
  replayOf: string | null
  replayRoot: string | null
  createdAt: Date
  finishedAt: Date | null
  /** When a person said that this dead letter is dealt with. */
  resolvedAt: Date | null
}
