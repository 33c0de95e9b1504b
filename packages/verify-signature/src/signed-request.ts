import { rawBody, type RawBody } from './raw-body.ts'
import type { Secrets } from './secret.ts'
import { SignatureError } from './signature-error.ts'
import {
  checkId,
  parseSignatures,
  readHeader,
  type Signatures,
  type WebhookHeaders,
} from './signature-headers.ts'
import type { SignedContent } from './signed-content.ts'
import { checkTolerance, parseTimestamp } from './timestamp.ts'

export interface VerifySignatureInput {
  /** The raw body, before any parser. */
  payload: RawBody
  headers: WebhookHeaders
  /** `whsec_…` (shared secret, `v1`) or `whpk_…` (Ed25519 public key, `v1a`); several while one replaces another. */
  secret: Secrets
  /**
   * How far `webhook-timestamp` may lie in the past or in the future, in seconds; finite.
   * @default 300
   */
  toleranceSeconds?: number | undefined
  /**
   * The time to judge the timestamp by; a number is in milliseconds.
   * @default Date.now()
   */
  now?: Date | number | undefined
}

/**
 * A request whose every part is well-formed and recent. Nothing in it is to be trusted before a signature matches.
 */
export interface SignedRequest extends SignedContent {
  signatures: Signatures
}

/** All of the verification that needs no cryptography. */
export function readSignedRequest(input: Omit<VerifySignatureInput, 'secret'>): SignedRequest {
  const body = rawBody(input.payload)
  const id = readHeader(input.headers, 'webhook-id')
  const timestamp = readHeader(input.headers, 'webhook-timestamp')
  const signature = readHeader(input.headers, 'webhook-signature')

  checkId(id)
  const seconds = parseTimestamp(timestamp)
  const signatures = parseSignatures(signature)
  checkTolerance(seconds, input.now, input.toleranceSeconds)
  return { prefix: `${id}.${timestamp}.`, body, signatures }
}

export function noMatch({ signatures: { v1, v1a } }: SignedRequest): SignatureError {
  return new SignatureError(
    'no_match',
    `No signature in webhook-signature (${v1.length} of v1, ${v1a.length} of v1a) was made with a given secret over ` +
      'this id, timestamp and body: is it the secret of this webhook, and the body exactly as it was sent?',
  )
}
