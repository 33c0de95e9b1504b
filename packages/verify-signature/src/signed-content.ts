/**
 * What is signed: id, timestamp (seconds) and body, joined by dots. Kept in two pieces, so that a body is not copied.
 */
export interface SignedContent {
  /** `id.timestamp.` */
  prefix: string
  body: string | Uint8Array
}

const utf8 = new TextEncoder()

/** The bytes of the content in one piece, for algorithms that take no other. */
export function contentBytes({ prefix, body }: SignedContent): Uint8Array<ArrayBuffer> {
  const bodyBytes = typeof body === 'string' ? utf8.encode(body) : body
  const bytes = new Uint8Array(prefix.length + bodyBytes.length)
  utf8.encodeInto(prefix, bytes)
  bytes.set(bodyBytes, prefix.length)
  return bytes
}
