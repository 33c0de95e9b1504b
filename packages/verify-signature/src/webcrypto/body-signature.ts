import {
  bodyKeyText,
  noBodyMatch,
  readSignedBody,
  type SignBodyInput,
  type VerifyBodySignatureInput,
} from '../body-signature-header.ts'
import { remember } from '../key-cache.ts'
import { rawBody } from '../raw-body.ts'
import { secretList } from '../secret.ts'
import { contentBytes } from '../signed-content.ts'
import { parseEvent, type WebhookEvent } from '../webhook-event.ts'
import { subtle, type CryptoKey } from './subtle.ts'

const utf8 = new TextEncoder()

/**
 * Verifies the older scheme `X-Webhook-Signature: sha256=<hex>`, the HMAC-SHA256 (RFC 2104) of the body alone, and
 * resolves to the parsed body. Prefer `verifySignature` wherever the sender offers it: neither time nor id are signed
 * here, so that whoever has seen one request can send it again, forever.
 *
 * Rejects with a {@link SignatureError}: `invalid_secret`, `body_already_parsed`, `missing_header`, `invalid_header`,
 * `no_match`, `invalid_payload`.
 */
export async function verifyBodySignature<T = WebhookEvent>(input: VerifyBodySignatureInput): Promise<T> {
  const keys = await Promise.all(secretList(input.secret).map(bodyKey))
  const { body, hex } = readSignedBody(input)
  const content = contentBytes({ prefix: '', body })
  for (const key of keys) {
    if (await subtle.verify('HMAC', key, fromHex(hex), content)) return parseEvent<T>(body)
  }
  throw noBodyMatch()
}

/**
 * Signs the body alone: the value of an `X-Webhook-Signature` header. It can be replayed, see {@link
 * verifyBodySignature}; send it only beside the headers that `signPayload` signs.
 *
 * Rejects with a {@link SignatureError}: `invalid_secret`, `body_already_parsed`.
 */
export async function signBody({ payload, secret, format = 'sha256=' }: SignBodyInput): Promise<string> {
  const key = await bodyKey(secret)
  const hex = toHex(await subtle.sign('HMAC', key, contentBytes({ prefix: '', body: rawBody(payload) })))
  return format === 'hex' ? hex : `sha256=${hex}`
}

const knownKeys = new Map<string, CryptoKey>()

async function bodyKey(secret: string): Promise<CryptoKey> {
  return knownKeys.get(secret) ?? remember(knownKeys, secret, await importKey(secret))
}

function importKey(secret: string): Promise<CryptoKey> {
  const bytes = utf8.encode(bodyKeyText(secret))
  return subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  )
}
