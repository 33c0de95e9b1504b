export const attemptOutcomes = ['succeeded', 'failed', 'lost', 'superseded'] as const
/**
 * How one attempt ended. `lost`: the worker that made it vanished before it could say. `superseded`: it said so too late,
 * after its lease had lapsed and the delivery had been given to another worker.
 */
export type AttemptOutcome = (typeof attemptOutcomes)[number]

export const attemptFailures = [
  'token',
  'blocked_address',
  'dns',
  'connect',
  'tls',
  'timeout',
  'reset',
  'invalid_response',
  'invalid_request',
  'worker_stopped',
  'status',
] as const
/** Why an attempt brought no success: no access token to ask with, no answer (and where it broke off), or an answer other than 2xx. */
export type AttemptFailure = (typeof attemptFailures)[number]

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
  /** The first 4 KiB of what was answered, as text. */
  responseBody: string | null
}
