import { SignatureError } from './signature-error.ts'

export type HeaderValue = string | readonly string[] | null | undefined

interface FetchHeaders {
  get(name: string): string | null
}

interface HeaderRecord {
  readonly [name: string]: HeaderValue
}

/**
 * The headers of a request: a `Headers`, Node's `request.headers`, a plain object or a `Map`. Names match in any
 * case. A header that occurs twice is refused, since two readers of the request could take different ones.
 */
export type WebhookHeaders = FetchHeaders | ReadonlyMap<string, HeaderValue> | HeaderRecord

/** The signatures of one header, by version; those of versions that this package does not know are left out. */
export interface Signatures {
  v1: string[]
  v1a: string[]
}

// A sender has one signature for each live secret: two or three. The cap bounds the work that a forged header can
// cause.
const maxSignatures = 16

/** `name` in lower case. */
export function readHeader(headers: WebhookHeaders, name: string): string {
  if (typeof headers !== 'object' || headers === null) {
    throw new SignatureError(
      'invalid_option',
      `\`headers\` must be the headers of the request, got ${typeof headers}`,
    )
  }
  const value = lookUp(headers, name)
  if (typeof value === 'string') return value
  if (value === undefined || value === null) {
    throw new SignatureError('missing_header', `The header ${name} is missing`)
  }
  const [only, ...others]: unknown[] = [value].flat()
  if (typeof only !== 'string' || others.length > 0) throw notOnce(name)
  return only
}

function lookUp(headers: WebhookHeaders, name: string): HeaderValue {
  if (isMap(headers)) return findHeader(Object.fromEntries(headers), name)
  return isFetchHeaders(headers) ? headers.get(name) : findHeader(headers, name)
}

function isMap(headers: WebhookHeaders): headers is ReadonlyMap<string, HeaderValue> {
  return headers instanceof Map
}

function isFetchHeaders(headers: WebhookHeaders): headers is FetchHeaders {
  return typeof headers.get === 'function'
}

function findHeader(headers: HeaderRecord, name: string): HeaderValue {
  let found: HeaderValue
  for (const key of Object.keys(headers)) {
    if (key !== name && (key.length !== name.length || key.toLowerCase() !== name)) continue
    if (found !== undefined) throw notOnce(name)
    found = headers[key]
  }
  return found
}

function notOnce(name: string): SignatureError {
  return new SignatureError('invalid_header', `The header ${name} must be there exactly once, as text`)
}

/** An id is part of the signed text, so that it may hold neither the separator `.` nor a line break. */
export function checkId(id: string): void {
  if (/^[A-Za-z0-9_-]{1,128}$/.test(id)) return
  throw new SignatureError(
    'invalid_header',
    `webhook-id must be 1 to 128 characters of A-Z a-z 0-9 _ -, got ${JSON.stringify(id.slice(0, 32))}`,
  )
}

/** Reads `v1,<base64> v1a,<base64> …`: one or more items, one space between two. */
export function parseSignatures(header: string): Signatures {
  const signatures: Signatures = { v1: [], v1a: [] }
  // One is what most have: it need not be cut out.
  const items = header.includes(' ') ? header.split(' ') : [header]
  if (items.length > maxSignatures) {
    throw new SignatureError(
      'invalid_header',
      `webhook-signature holds more than ${maxSignatures} signatures`,
    )
  }
  for (const item of items) {
    const comma = item.indexOf(',')
    // A second comma is what a proxy leaves that joins two headers to one: `v1,<base64>, v1,<base64>`.
    if (comma < 1 || comma === item.length - 1 || comma !== item.lastIndexOf(',')) {
      throw new SignatureError(
        'invalid_header',
        'webhook-signature must be `version,signature` items with one space between, ' +
          `got ${JSON.stringify(item.slice(0, 32))}`,
      )
    }
    if (item.startsWith('v1,')) signatures.v1.push(item.slice(comma + 1))
    else if (item.startsWith('v1a,')) signatures.v1a.push(item.slice(comma + 1))
  }
  return signatures
}
