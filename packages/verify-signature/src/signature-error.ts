/**
 * Every code a `SignatureError` can carry, with the HTTP status that the guards answer with. The 4xx ones are the
 * fault of the request. The 500 ones are the receiver's own mistakes: answered with a 4xx they would look like the
 * sender's.
 */
export const signatureErrorStatus = {
  /** `webhook-id`, `webhook-timestamp`, `webhook-signature` (or the body signature's header) is absent. */
  missing_header: 400,
  /** One of these headers is there, but malformed or sent more than once. */
  invalid_header: 400,
  /** `webhook-timestamp` is not a plain decimal number of seconds. */
  invalid_timestamp: 400,
  /** The signature is good, the body is not JSON in UTF-8. */
  invalid_payload: 400,
  /** Signed longer ago than the tolerance: a replay, or a clock that is wrong. */
  timestamp_too_old: 401,
  /** Signed further in the future than the tolerance: a clock that is wrong. */
  timestamp_too_new: 401,
  /** No signature was made with a secret of ours over this id, timestamp and body. */
  no_match: 401,
  /** A guard stopped reading at its `limitBytes`. */
  payload_too_large: 413,
  /** The payload is not the raw body, mostly because a JSON parser ran first. */
  body_already_parsed: 500,
  /** A secret is missing, or in none of the accepted formats. */
  invalid_secret: 500,
  /** Another option has an impossible value. */
  invalid_option: 500,
} as const

/** What went wrong, for code to act on; {@link signatureErrorStatus} explains each. */
export type SignatureErrorCode = keyof typeof signatureErrorStatus

const brand = Symbol.for('leadhooks.signature-error')

/**
 * The only error that signing and verifying throw. The message says what happened and what to do; it never holds a
 * secret, and of the request only short, quoted pieces of its headers.
 */
export class SignatureError extends Error {
  readonly code: SignatureErrorCode
  /** The HTTP status that fits the code: 400, 401 or 413, and 500 for a mistake of the receiver's own. */
  readonly status: (typeof signatureErrorStatus)[SignatureErrorCode]

  constructor(code: SignatureErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'SignatureError'
    this.code = code
    this.status = signatureErrorStatus[code]
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Recognises a `SignatureError` of any copy of this package, where `instanceof` knows only its own. */
export function isSignatureError(value: unknown): value is SignatureError {
  return typeof value === 'object' && value !== null && brand in value
}
