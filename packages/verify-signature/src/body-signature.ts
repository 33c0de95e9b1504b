import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import {
  bodyKeyText,
  noBodyMatch,
  readSignedBody,
  type BodySignatureFormat,
  type SignBodyInput,
  type VerifyBodySignatureInput,
} from './body-signature-header.ts'
import { equalText } from './equal-text.ts'
import { remember } from './key-cache.ts'
import { rawBody, type RawBody } from './raw-body.ts'
import { secretList } from './secret.ts'
import { parseEvent, type WebhookEvent } from './webhook-event.ts'

/**
 * Verifies the older scheme `X-Webhook-Signature: sha256=<hex>`, the HMAC-SHA256 (RFC 2104) of the body alone, and
 * returns the parsed body. Prefer `verifySignature` wherever the sender offers it: neither time nor id are signed
 * here, so that whoever has seen one request can send it again, forever.
 *
 * @throws {SignatureError} `invalid_secret`, `body_already_parsed`, `missing_header`, `invalid_header`, `no_match`,
 * `invalid_payload`.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is for the caller, to name the event's type
export function verifyBodySignature<T = WebhookEvent>(input: VerifyBodySignatureInput): T {
  const keys = secretList(input.secret).map(bodyKey)
  const { body, hex } = readSignedBody(input)
  if (!keys.some((key) => equalText(hex, bodyHmac(key, body)))) throw noBodyMatch()
  return parseEvent<T>(body)
}

/**
 * Signs the body alone: the value of an `X-Webhook-Signature` header. It can be replayed, see {@link
 * verifyBodySignature}; send it only beside the headers that `signPayload` signs.
 *
 * @throws {SignatureError} `invalid_secret`, `body_already_parsed`.
 */
export function signBody({ payload, secret, format }: SignBodyInput): string {
  return createBodySigner(secret, format)(payload)
}

/**
 * Makes the key once, for a sender that signs many bodies with {@link signBody}.
 *
 * @throws {SignatureError} `invalid_secret`; the signer throws `body_already_parsed`.
 */
export function createBodySigner(
  secret: string,
  format: BodySignatureFormat = 'sha256=',
): (payload: RawBody) => string {
  const key = bodyKey(secret)
  const prefix = format === 'hex' ? '' : format
  return (payload) => prefix + bodyHmac(key, rawBody(payload))
}

function bodyHmac(key: KeyObject, body: string | Uint8Array): string {
  return createHmac('sha256', key).update(body).digest('hex')
}

const knownKeys = new Map<string, KeyObject>()

function bodyKey(secret: string): KeyObject {
  return knownKeys.get(secret) ?? remember(knownKeys, secret, createSecretKey(bodyKeyText(secret), 'utf8'))
}
