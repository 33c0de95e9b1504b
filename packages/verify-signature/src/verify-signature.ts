import { createHmac, createPublicKey, createSecretKey, verify, type KeyObject } from 'node:crypto'
import { decodeBase64 } from './base64.ts'
import { publicKeyDer } from './ed25519-der.ts'
import { equalText } from './equal-text.ts'
import { remember } from './key-cache.ts'
import { decodeVerifyingSecret, secretList } from './secret.ts'
import { contentBytes } from './signed-content.ts'
import {
  noMatch,
  readSignedRequest,
  type SignedRequest,
  type VerifySignatureInput,
} from './signed-request.ts'
import { parseEvent, type WebhookEvent } from './webhook-event.ts'

interface VerifyingKey {
  version: 'v1' | 'v1a'
  key: KeyObject
}

/**
 * Verifies a delivery by Standard Webhooks (https://www.standardwebhooks.com): `v1`, HMAC-SHA256 (RFC 2104), and
 * `v1a`, Ed25519 (RFC 8032), over `id.timestamp.body`. Returns the parsed body; `T` describes it and is not checked.
 * Whoever must not handle an event twice remembers its `id`, since a delivery may arrive more than once.
 *
 * @throws {SignatureError} for everything else, with a `code` to act on. Secrets are judged first, then the payload,
 * the headers, the timestamp, the signatures and last the JSON.
 *
 * @example
 * const event = verifySignature({ payload: rawBody, headers: request.headers, secret: process.env.WEBHOOK_SECRET })
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is for the caller, to name the event's type
export function verifySignature<T = WebhookEvent>(input: VerifySignatureInput): T {
  const { secret } = input
  // Most receivers have one, and no list is made of it.
  const keys = typeof secret === 'string' ? verifyingKey(secret) : secretList(secret).map(verifyingKey)
  const request = readSignedRequest(input)
  const isGood = Array.isArray(keys) ? keys.some((key) => hasSigned(key, request)) : hasSigned(keys, request)
  if (!isGood) throw noMatch(request)
  return parseEvent<T>(request.body)
}

/** A key meets only signatures of its own version: else a public key could be passed off as a shared secret. */
function hasSigned({ version, key }: VerifyingKey, request: SignedRequest): boolean {
  const signatures = request.signatures[version]
  if (signatures.length === 0) return false
  if (version === 'v1') {
    // The text that a signer must have written is compared: no base64 of the sender's is decoded.
    const expected = createHmac('sha256', key).update(request.prefix).update(request.body).digest('base64')
    return signatures.some((signature) => equalText(signature, expected))
  }
  const content = contentBytes(request)
  return signatures.some((signature) => {
    const bytes = decodeBase64(signature)
    return bytes !== undefined && verify(null, content, key, bytes)
  })
}

const knownKeys = new Map<string, VerifyingKey>()

function verifyingKey(secret: string): VerifyingKey {
  return knownKeys.get(secret) ?? remember(knownKeys, secret, importKey(secret))
}

function importKey(secret: string): VerifyingKey {
  const { version, bytes } = decodeVerifyingSecret(secret)
  if (version === 'v1') return { version, key: createSecretKey(bytes) }
  return {
    version,
    key: createPublicKey({ key: Buffer.from(publicKeyDer(bytes)), format: 'der', type: 'spki' }),
  }
}
