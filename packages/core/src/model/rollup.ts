import type { UsageInterval } from './api-key-usage.ts'

/** What came of the deliveries of some time. All of it adds up: the counts of two times together are their sums. */
export interface Counts {
  /** Requests that were started in that time and whose result is known, whatever it was. */
  attempts: number
  /** Of them the first ones of their deliveries; the others are retries. */
  firstAttempts: number
  firstSucceeded: number
  /** Deliveries that ended delivered in that time. */
  delivered: number
  /** How long the attempts took that were answered, whatever the answer, in microseconds together. */
  answeredMicros: number
  /** Attempts that brought no success, by cause: a status code, or the word of an attempt's `failure`. */
  failures: Record<string, number>
  /** Deliveries that ended as dead letters in that time, by reason. */
  deadLetters: Record<string, number>
  /** How many attempts were answered, by the bucket of how long they took (see `latencyBucket`). */
  latencies: Record<string, number>
}

/** The counts of one interval. */
export interface Rollup {
  organizationId: string
  interval: UsageInterval
  /** The beginning of the interval, in UTC. */
  startsAt: Date
  /** Null: all webhooks together. */
  webhookId: string | null
  /** Null: all event types together. */
  eventType: string | null
  counts: Counts
}

/** What a batch of settlements said of the deliveries of one webhook and event type, before it is added to the rollups. */
export interface SettledFacts {
  organizationId: string
  webhookId: string
  eventType: string
  /** When they were written: what ended, ended then. */
  settledAt: Date
  /** The facts, as `factOf` writes each, joined by commas. */
  facts: string
}
