/** Standard base64 with padding (RFC 4648, section 4), by functions that every runtime has. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/**
 * Undefined unless `text` is exactly what {@link encodeBase64} makes of some bytes. Lenient decoders skip what they
 * do not know: to `Buffer.from`, '!!!!' is an empty key.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  return encodeBase64(bytes) === text ? bytes : undefined
}
