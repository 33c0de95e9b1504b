import type { LimitDecision } from './rate-limit/rate-limiter.ts'

/** Every code that a `LeadhooksError` can carry, with the HTTP status it answers with. */
export const errorStatus = {
  // The request cannot be understood.
  malformed_json: 400,
  invalid_request: 400,
  invalid_cursor: 400,
  invalid_event_data: 400,
  unknown_event_type: 400,
  url_not_allowed: 400,
  method_not_allowed: 405,
  payload_too_large: 413,
  unsupported_media_type: 415,
  // The caller may not.
  signed_out: 401,
  api_key_missing: 401,
  api_key_malformed: 401,
  api_key_unknown: 401,
  api_key_revoked: 401,
  api_key_expired: 401,
  api_key_disabled: 401,
  api_key_wrong_environment: 401,
  forbidden: 403,
  ip_not_allowed: 403,
  cross_site_request: 403,
  // The state of things does not allow it.
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  // The host or its database must be put right.
  invalid_options: 500,
  not_supported: 500,
  migration_required: 500,
  undecryptable: 500,
  shaping_failed: 500,
  storage_corrupt: 500,
  internal: 500,
  storage_unavailable: 503,
  not_ready: 503,
  closed: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

/** One thing that is wrong with an input, and where: `pointer` is a JSON pointer (RFC 6901), empty for the whole. */
export interface Issue {
  pointer: string
  message: string
}

const brand = Symbol.for('leadhooks.error')

/**
 * A call that was broken, or a world that was (a database that is gone, say). What a receiver or the holder of an API key
 * did is never thrown: it is a value. The message says what happened, which value, and what to do; it holds no secret.
 */
export class LeadhooksError extends Error {
  readonly code: ErrorCode
  /** The HTTP status that the management API answers with. */
  readonly status: number
  /** What is wrong with the input, piece by piece; empty when the code says it all. */
  readonly issues: readonly Issue[]
  /** How the rate limits stand, where one of them was gone over. */
  readonly limits: LimitDecision | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; issues?: readonly Issue[]; limits?: LimitDecision } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'LeadhooksError'
    this.code = code
    this.status = errorStatus[code]
    this.issues = options.issues ?? []
    this.limits = options.limits
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Recognises a `LeadhooksError` of any copy of the package, where `instanceof` knows only its own. */
export function isLeadhooksError(value: unknown): value is LeadhooksError {
  return typeof value === 'object' && value !== null && brand in value
}

/** Runs what checks a part of a larger input: what is wrong there is named from the root of the whole. */
export function checkPart<Result>(at: string, check: () => Result): Result {
  try {
    return check()
  } catch (error) {
    throw isLeadhooksError(error) ? movedTo(at, error) : error
  }
}

/** The same error, with pointers that begin at `at`. */
export function movedTo(at: string, { code, message, cause, issues }: LeadhooksError): LeadhooksError {
  const moved = issues.map((issue) => ({ ...issue, pointer: at + issue.pointer }))
  return new LeadhooksError(code, `${at}: ${message}`, { cause, issues: moved })
}

/** One answer for an unknown id and for another organization's. */
export function notFound(kind: string, id: string): LeadhooksError {
  return new LeadhooksError('not_found', `No ${kind} "${id}" in this organization`)
}
