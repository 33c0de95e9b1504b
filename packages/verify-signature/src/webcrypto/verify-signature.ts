import { decodeBase64 } from '../base64.ts'
import { publicKeyDer } from '../ed25519-der.ts'
import { remember } from '../key-cache.ts'
import { decodeVerifyingSecret, secretList } from '../secret.ts'
import { contentBytes } from '../signed-content.ts'
import {
  noMatch,
  readSignedRequest,
  type SignedRequest,
  type VerifySignatureInput,
} from '../signed-request.ts'
import { parseEvent, type WebhookEvent } from '../webhook-event.ts'
import { subtle, type CryptoKey } from './subtle.ts'

interface VerifyingKey {
  version: 'v1' | 'v1a'
  key: CryptoKey
}

/**
 * Verifies a delivery by Standard Webhooks (https://www.standardwebhooks.com): `v1`, HMAC-SHA256 (RFC 2104), and
 * `v1a`, Ed25519 (RFC 8032), over `id.timestamp.body`. Resolves to the parsed body; `T` describes it and is not
 * checked. Whoever must not handle an event twice remembers its `id`, since a delivery may arrive more than once.
 *
 * Rejects with a {@link SignatureError} for everything else, with a `code` to act on. Secrets are judged first, then
 * the payload, the headers, the timestamp, the signatures and last the JSON.
 *
 * @example
 * const event = await verifySignature({ payload: await request.text(), headers: request.headers, secret })
 */
export async function verifySignature<T = WebhookEvent>(input: VerifySignatureInput): Promise<T> {
  const keys = await Promise.all(secretList(input.secret).map(verifyingKey))
  const request = readSignedRequest(input)
  const content = contentBytes(request)
  for (const key of keys) {
    if (await hasSigned(key, content, request)) return parseEvent<T>(request.body)
  }
  throw noMatch(request)
}

/** A key meets only signatures of its own version: else a public key could be passed off as a shared secret. */
async function hasSigned(
  { version, key }: VerifyingKey,
  content: Uint8Array<ArrayBuffer>,
  request: SignedRequest,
): Promise<boolean> {
  for (const signature of request.signatures[version]) {
    const bytes = decodeBase64(signature)
    // Compares in constant time, and finds no match in a signature of another length.
    if (bytes && (await subtle.verify(key.algorithm.name, key, bytes, content))) return true
  }
  return false
}

// Keys, not promises of keys: a Worker may not wait for what another request began.
const knownKeys = new Map<string, VerifyingKey>()

async function verifyingKey(secret: string): Promise<VerifyingKey> {
  return knownKeys.get(secret) ?? remember(knownKeys, secret, await importKey(secret))
}

async function importKey(secret: string): Promise<VerifyingKey> {
  const { version, bytes } = decodeVerifyingSecret(secret)
  const key =
    version === 'v1'
      ? await subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
      : await subtle.importKey('spki', publicKeyDer(bytes), 'Ed25519', false, ['verify'])
  return { version, key }
}
