import { rawBody, type RawBody } from './raw-body.ts'
import { checkId } from './signature-headers.ts'
import type { SignedContent } from './signed-content.ts'
import { parseTimestamp } from './timestamp.ts'

export interface SignPayloadInput {
  /** The `webhook-id` header: 1 to 128 characters of `A-Z a-z 0-9 _ -`. */
  id: string
  /** The `webhook-timestamp` header: whole seconds since the epoch. The part of a second in a `Date` is dropped. */
  timestamp: Date | number
  /** The body, exactly as it will be sent. */
  payload: RawBody
  /** `whsec_…` signs `v1`, `whsk_…` (Ed25519 private key) signs `v1a`; several give several signatures. */
  secret: string | readonly string[]
}

/** Checks by the verifier's rules, so that nothing is signed that no receiver would accept. */
export function contentToSign(id: string, timestamp: Date | number, payload: RawBody): SignedContent {
  checkId(id)
  const seconds = String(typeof timestamp === 'number' ? timestamp : Math.floor(timestamp.getTime() / 1000))
  parseTimestamp(seconds)
  return { prefix: `${id}.${seconds}.`, body: rawBody(payload) }
}
