import { SignatureError } from './signature-error.ts'

/** A body exactly as it travels. A string stands for its UTF-8 bytes; Node's `Buffer` is a `Uint8Array`. */
export type RawBody = string | Uint8Array | ArrayBuffer

/** Refuses whatever is no raw body, which in practice is what a JSON parser made of it. */
export function rawBody(payload: unknown): string | Uint8Array {
  if (typeof payload === 'string') return payload
  if (payload instanceof Uint8Array) return payload
  // Not `instanceof` alone: test runners give modules a realm of their own, with other classes of the same names.
  if (ArrayBuffer.isView(payload))
    return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
  if (isArrayBuffer(payload)) return new Uint8Array(payload)
  throw bodyAlreadyParsed(payload)
}

function isArrayBuffer(payload: unknown): payload is ArrayBuffer {
  return Object.prototype.toString.call(payload) === '[object ArrayBuffer]'
}

export function bodyAlreadyParsed(payload: unknown): SignatureError {
  return new SignatureError(
    'body_already_parsed',
    `The payload is ${describe(payload)}, not the raw body. A signature covers the exact bytes that were sent, and ` +
      'JSON.stringify does not bring them back. Two fixes: (1) verify before any parser, by mounting verifyWebhook() ' +
      "or express.raw({ type: '*/*' }) before express.json(); or (2) keep the bytes while parsing, with " +
      'express.json({ verify: (req, _res, buf) => { req.rawBody = buf } }), and verify req.rawBody.',
  )
}

function describe(payload: unknown): string {
  if (payload === undefined || payload === null) return String(payload)
  if (Array.isArray(payload)) return 'a parsed array'
  return typeof payload === 'object' ? 'a parsed object' : `a ${typeof payload}`
}
