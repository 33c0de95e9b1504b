import { createHmac, createPrivateKey, createSecretKey, sign } from 'node:crypto'
import { contentToSign, type SignPayloadInput } from './content-to-sign.ts'
import { privateKeyDer } from './ed25519-der.ts'
import type { RawBody } from './raw-body.ts'
import { decodeSigningSecret, signingSecrets } from './secret.ts'
import { contentBytes, type SignedContent } from './signed-content.ts'

/**
 * Returns the `webhook-signature` header: one signature for each secret, in their order, separated by spaces.
 * `timestamp` is in whole seconds, or a `Date`.
 */
export type Signer = (id: string, timestamp: Date | number, payload: RawBody) => string

/**
 * Signs by Standard Webhooks (https://www.standardwebhooks.com) and returns the `webhook-signature` header. For many
 * payloads, make a signer once with {@link createSigner}.
 *
 * @throws {SignatureError} `invalid_header` (the id), `invalid_timestamp`, `invalid_secret`, `body_already_parsed`.
 */
export function signPayload({ id, timestamp, payload, secret }: SignPayloadInput): string {
  return createSigner(secret)(id, timestamp, payload)
}

/**
 * Decodes the secrets once, for a sender that signs many payloads. The signer throws as {@link signPayload} does.
 *
 * @throws {SignatureError} `invalid_secret`.
 */
export function createSigner(secret: string | readonly string[]): Signer {
  const signers = signingSecrets(secret).map(contentSigner)
  return (id, timestamp, payload) => {
    const content = contentToSign(id, timestamp, payload)
    return signers.map((signContent) => signContent(content)).join(' ')
  }
}

function contentSigner(secret: string): (content: SignedContent) => string {
  const { version, bytes } = decodeSigningSecret(secret)
  if (version === 'v1') {
    const key = createSecretKey(bytes)
    return ({ prefix, body }) =>
      `v1,${createHmac('sha256', key).update(prefix).update(body).digest('base64')}`
  }
  const key = createPrivateKey({ key: Buffer.from(privateKeyDer(bytes)), format: 'der', type: 'pkcs8' })
  return (content) => `v1a,${sign(null, contentBytes(content), key).toString('base64')}`
}
