import { decodeBase64, encodeBase64 } from './base64.ts'
import { SignatureError } from './signature-error.ts'

/**
 * One secret, or several of which any may have signed (during a rotation: the old and the new one). A missing value,
 * such as an environment variable that is not set, is refused with `invalid_secret`; an empty list matches nothing.
 */
export type Secrets = string | readonly string[] | undefined

/** A key, tied to the one signature version that it may be used for. */
export interface DecodedKey {
  version: 'v1' | 'v1a'
  bytes: Uint8Array<ArrayBuffer>
}

export function secretList(secret: Secrets): readonly string[] {
  if (typeof secret === 'string') return [secret]
  if (Array.isArray(secret)) return secret
  throw new SignatureError(
    'invalid_secret',
    `\`secret\` must be a string or a list of strings, got ${secret === null ? 'null' : typeof secret}: ` +
      'is the environment variable set?',
  )
}

export function signingSecrets(secret: Secrets): readonly string[] {
  const secrets = secretList(secret)
  if (secrets.length > 0) return secrets
  throw new SignatureError('invalid_secret', 'The list of secrets is empty: there is nothing to sign with')
}

/** `whsec_` verifies `v1`, `whpk_` verifies `v1a`. */
export function decodeVerifyingSecret(secret: string): DecodedKey {
  if (startsWith(secret, 'whsec_')) return { version: 'v1', bytes: decode(secret, 'whsec_', [24, 64]) }
  if (startsWith(secret, 'whpk_')) return { version: 'v1a', bytes: decode(secret, 'whpk_', [32, 32]) }
  if (startsWith(secret, 'whsk_')) {
    throw new SignatureError(
      'invalid_secret',
      'A whsk_ key is for the sender only: verify with its whpk_ public key',
    )
  }
  throw unknownFormat('whsec_ nor whpk_')
}

/** `whsec_` signs `v1`, `whsk_` signs `v1a`. */
export function decodeSigningSecret(secret: string): DecodedKey {
  if (startsWith(secret, 'whsec_')) return { version: 'v1', bytes: decode(secret, 'whsec_', [24, 64]) }
  if (startsWith(secret, 'whsk_')) {
    // 64 bytes are the seed and then the public key, which the seed alone determines (RFC 8032, section 5.1.5).
    const bytes = decode(secret, 'whsk_', [32, 64])
    if (bytes.length === 32 || bytes.length === 64) return { version: 'v1a', bytes: bytes.slice(0, 32) }
    throw new SignatureError(
      'invalid_secret',
      `A whsk_ key must hold 32 or 64 bytes, this one holds ${bytes.length}`,
    )
  }
  if (startsWith(secret, 'whpk_')) {
    throw new SignatureError('invalid_secret', 'A whpk_ key can only verify: sign with its whsk_ private key')
  }
  throw unknownFormat('whsec_ nor whsk_')
}

/** A new `v1` secret: `whsec_` and the base64 of 32 random bytes. */
export function generateSecret(): string {
  return `whsec_${encodeBase64(crypto.getRandomValues(new Uint8Array(32)))}`
}

// From JavaScript a secret may be anything.
function startsWith(secret: unknown, prefix: string): boolean {
  return typeof secret === 'string' && secret.startsWith(prefix)
}

function decode(secret: string, prefix: string, [least, most]: [number, number]): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(secret.slice(prefix.length))
  if (!bytes) {
    throw new SignatureError(
      'invalid_secret',
      `What follows ${prefix} in the secret is not base64 (with padding, without spaces or line breaks)`,
    )
  }
  if (bytes.length >= least && bytes.length <= most) return bytes
  const wanted = least === most ? `${least}` : `${least} to ${most}`
  throw new SignatureError(
    'invalid_secret',
    `A ${prefix} secret must hold ${wanted} bytes, this one holds ${bytes.length}`,
  )
}

function unknownFormat(prefixes: string): SignatureError {
  return new SignatureError(
    'invalid_secret',
    `The secret starts with neither ${prefixes}: copy it whole, as the sender shows it`,
  )
}
