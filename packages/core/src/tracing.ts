import type { Attempt } from './model/attempt.ts'
import type { StoredEvent } from './model/event.ts'

/**
 * Makes spans of what Leadhooks does: `@leadhooks/opentelemetry` has one. It is called for every dispatch and every attempt, and
 * must not throw.
 */
export interface Tracing {
  /** The events of one call are about to be written. */
  startDispatch(events: readonly TracedEvent[]): OpenSpan<DispatchOutcome>
  /** A request is about to be made. */
  startAttempt(attempt: TracedAttempt): OpenSpan<TracedOutcome>
}

/** A span that was begun, and is to be ended once. */
export interface OpenSpan<Outcome> {
  /** Where it is found, as W3C Trace Context writes it (https://www.w3.org/TR/trace-context/); null: nowhere. */
  traceparent: string | null
  /** What goes along with that; null: nothing. */
  tracestate: string | null
  /** Does the work that it is about. */
  run<Result>(work: () => Result): Result
  end(outcome: Outcome): void
}

export type TracedEvent = Pick<StoredEvent, 'organizationId' | 'id' | 'type'>

/** What came of the events, in their order; or what was thrown, and nothing was written. */
export type DispatchOutcome =
  | { inserted: readonly { deliveries: number; duplicate: boolean }[] }
  | { error: unknown }

/** What came of an attempt. */
export type TracedOutcome = Pick<Attempt, 'outcome' | 'failure' | 'statusCode'>

/** An attempt before it is made. */
export interface TracedAttempt {
  organizationId: string
  webhookId: string
  deliveryId: string
  /** With where the span of its dispatch is found. */
  event: Pick<StoredEvent, 'id' | 'type' | 'traceparent'>
  /** Counts from 1 within the delivery. */
  number: number
  /** Its path and its query may hold credentials. */
  url: URL
}
