import { rawBody, type RawBody } from './raw-body.ts'
import type { Secrets } from './secret.ts'
import { SignatureError } from './signature-error.ts'
import { readHeader, type HeaderValue, type WebhookHeaders } from './signature-headers.ts'

export interface VerifyBodySignatureInput {
  /** The raw body, before any parser. */
  payload: RawBody
  /** The headers of the request, of which `X-Webhook-Signature` is read. Not needed when `signature` is given. */
  headers?: WebhookHeaders | undefined
  /** The value of whatever header the sender uses: GitHub's `X-Hub-Signature-256`, say. */
  signature?: HeaderValue
  /**
   * Any text that is not empty; its UTF-8 bytes are the key, a prefix like `whsec_` included. Several while rotating.
   */
  secret: Secrets
}

/** 64 hexadecimal digits, behind the prefix `sha256=` or bare. */
export type BodySignatureFormat = 'sha256=' | 'hex'

export interface SignBodyInput {
  /** The body, exactly as it will be sent. */
  payload: RawBody
  /** Any text that is not empty; its UTF-8 bytes are the key, a prefix like `whsec_` included. */
  secret: string
  /** @default 'sha256=' */
  format?: BodySignatureFormat | undefined
}

/** The body, and its signature without the prefix: 64 lower-case hexadecimal digits. */
export function readSignedBody({
  payload,
  headers = {},
  signature,
}: Omit<VerifyBodySignatureInput, 'secret'>): {
  body: string | Uint8Array
  hex: string
} {
  const body = rawBody(payload)
  const given = signature === undefined || signature === null ? headers : { 'x-webhook-signature': signature }
  const header = readHeader(given, 'x-webhook-signature')
  const hex = header.startsWith('sha256=') ? header.slice('sha256='.length) : header
  if (/^[0-9a-f]{64}$/.test(hex)) return { body, hex }
  throw new SignatureError(
    'invalid_header',
    "The body's signature must be 64 lower-case hexadecimal digits, with or without sha256= before them, " +
      `got ${JSON.stringify(header.slice(0, 32))}`,
  )
}

/** An empty key would be a signature that anybody can make. */
export function bodyKeyText(secret: unknown): string {
  if (typeof secret === 'string' && secret !== '') return secret
  throw new SignatureError(
    'invalid_secret',
    'The secret of a body signature must be a text that is not empty',
  )
}

export function noBodyMatch(): SignatureError {
  return new SignatureError(
    'no_match',
    'The signature was not made with a given secret over this body: is it the secret of this webhook, and the body ' +
      'exactly as it was sent?',
  )
}
