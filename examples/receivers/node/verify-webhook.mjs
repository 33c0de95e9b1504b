// Verifies a webhook by Standard Webhooks v1, with nothing but Node. In a TypeScript project take
// @leadhooks/verify-signature instead, which also knows v1a and guards routes of Express, Fastify and fetch.
import { createHmac, timingSafeEqual } from 'node:crypto'

export class SignatureError extends Error {
  constructor(code) {
    super(code)
    this.code = code
  }
}

/** Throws a SignatureError, unless one of `secrets` signed `body` (the raw bytes). `headers` as Node gives them. */
export function verifyWebhook(body, headers, secrets, { now = Date.now() / 1000, tolerance = 300 } = {}) {
  const keys = secrets.map(decodeSecret)
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => {
    if (headers[name] === undefined) throw new SignatureError('missing_header')
    return headers[name]
  })
  if (!/^[\w-]{1,128}$/.test(id)) throw new SignatureError('invalid_header')
  if (!/^(0|[1-9]\d{0,10})$/.test(timestamp)) throw new SignatureError('invalid_timestamp')
  const items = signatures.split(' ')
  if (items.length > 16 || !items.every((item) => /^[^,]+,[^,]+$/.test(item))) {
    throw new SignatureError('invalid_header')
  }
  const age = Math.floor(now) - Number(timestamp)
  if (age > tolerance) throw new SignatureError('timestamp_too_old')
  if (-age > tolerance) throw new SignatureError('timestamp_too_new')

  const expected = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body)
    return Buffer.from(`v1,${hmac.digest('base64')}`)
  })
  const isSigned = items.some((item) => expected.some((signature) => isEqual(signature, Buffer.from(item))))
  if (!isSigned) throw new SignatureError('no_match')
}

function decodeSecret(secret) {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
  const key = Buffer.from(base64, 'base64')
  const isExact = key.toString('base64') === base64
  if (!isExact || key.length < 24 || key.length > 64) throw new SignatureError('invalid_secret')
  return key
}

function isEqual(a, b) {
  return a.length === b.length && timingSafeEqual(a, b)
}
