import type { AttemptFailure } from './attempt-failures.ts'

export const attemptOutcomes = ['succeeded', 'failed', 'lost', 'superseded'] as const
/**
 * How one attempt ended. `lost`: the worker that made it vanished before it could say. `superseded`: it said so too late,
 * after its lease had lapsed and the delivery had been given to another worker.
 */
export type AttemptOutcome = (typeof attemptOutcomes)[number]

/** One HTTP request of a delivery, with its outcome. */
export interface Attempt {
  /** Counts from 1 within its delivery. */
  number: number
  startedAt: Date
  /** From the first step (the look-up of the name) to the last byte read; null for a lost attempt. */
  durationMs: number | null
  outcome: AttemptOutcome
  failure: AttemptFailure | null
  /** A sentence about the failure for people; holds no inside address. */
  message: string | null
  statusCode: number | null
  /** The first 4 KiB of what was answered, as text. Null where that was about several events. */
  responseBody: string | null
  /** What it was part of: its `webhook-id`, and how many events went by it. Null for a request of one event alone. */
  batch: AttemptBatch | null
}

/** The request for many events that an attempt was part of. */
export interface AttemptBatch {
  id: string
  size: number
}
