// Key imports ask for raw Ed25519 keys in a DER wrapping (RFC 8410, section 10.3): a constant, then the 32 bytes.
const pkcs8Prefix = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)
const spkiPrefix = Uint8Array.of(0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0)

export function privateKeyDer(seed: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...pkcs8Prefix, ...seed)
}

export function publicKeyDer(publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...spkiPrefix, ...publicKey)
}
