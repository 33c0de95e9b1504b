import { encodeBase64 } from '../base64.ts'
import { contentToSign, type SignPayloadInput } from '../content-to-sign.ts'
import { privateKeyDer } from '../ed25519-der.ts'
import type { RawBody } from '../raw-body.ts'
import { decodeSigningSecret, signingSecrets } from '../secret.ts'
import { contentBytes } from '../signed-content.ts'
import { subtle, type CryptoKey } from './subtle.ts'

/**
 * Resolves to the `webhook-signature` header: one signature for each secret, in their order, separated by spaces.
 * `timestamp` is in whole seconds, or a `Date`.
 */
export type Signer = (id: string, timestamp: Date | number, payload: RawBody) => Promise<string>

/**
 * Signs by Standard Webhooks (https://www.standardwebhooks.com) and resolves to the `webhook-signature` header. For
 * many payloads, make a signer once with {@link createSigner}.
 *
 * Rejects with a {@link SignatureError}: `invalid_header` (the id), `invalid_timestamp`, `invalid_secret`,
 * `body_already_parsed`.
 */
export async function signPayload({ id, timestamp, payload, secret }: SignPayloadInput): Promise<string> {
  const sign = await createSigner(secret)
  return sign(id, timestamp, payload)
}

/**
 * Imports the secrets once, for a sender that signs many payloads. The signer rejects as {@link signPayload} does.
 *
 * Rejects with a {@link SignatureError}: `invalid_secret`.
 */
export async function createSigner(secret: string | readonly string[]): Promise<Signer> {
  const keys = await Promise.all(signingSecrets(secret).map(importKey))
  return async (id, timestamp, payload) => {
    const content = contentBytes(contentToSign(id, timestamp, payload))
    const signatures = keys.map(async ({ version, key }) => {
      const signature = await subtle.sign(key.algorithm.name, key, content)
      return `${version},${encodeBase64(new Uint8Array(signature))}`
    })
    return (await Promise.all(signatures)).join(' ')
  }
}

async function importKey(secret: string): Promise<{ version: 'v1' | 'v1a'; key: CryptoKey }> {
  const { version, bytes } = decodeSigningSecret(secret)
  const key =
    version === 'v1'
      ? await subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
      : await subtle.importKey('pkcs8', privateKeyDer(bytes), 'Ed25519', false, ['sign'])
  return { version, key }
}
