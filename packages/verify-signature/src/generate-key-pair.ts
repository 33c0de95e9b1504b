import { generateKeyPairSync } from 'node:crypto'

/** The two halves of a `v1a` key. */
export interface KeyPair {
  /** `whsk_` and the base64 of the 32-byte seed followed by the public key. The sender keeps it secret. */
  privateKey: string
  /** `whpk_` and the base64 of the 32-byte public key. For receivers, and for anybody. */
  publicKey: string
}

/**
 * A new `v1a` (Ed25519, RFC 8032) key pair: the private half for `signPayload`, the public one for `verifySignature`.
 */
export function generateKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  })
  // In both encodings the 32 bytes of the key itself come last.
  const seed = privateKey.subarray(-32)
  const point = publicKey.subarray(-32)
  return {
    privateKey: `whsk_${Buffer.concat([seed, point]).toString('base64')}`,
    publicKey: `whpk_${point.toString('base64')}`,
  }
}
