import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

// What the packages for frameworks on `node:http` are written with: two translations, and the check of an API key.
export { isGranted } from './api-keys/permissions.ts'
export { checkApiKey, type KeyCheck, type KeyVerifier } from './http/authenticate.ts'
export { type HostRule, hostRule } from './http/host-rule.ts'
export { problemResponse } from './http/problem.ts'
export { readBytes } from './http/read-body.ts'
export { rateLimitHeaders } from './http/rate-limit-headers.ts'
export { checkSameSite } from './http/same-site.ts'

export interface ToRequestOptions {
  /** The path and query as the client sent them, where the framework has cut `incoming.url`. @default incoming.url */
  url?: string
  /** `https` where a trusted proxy says so. @default what the socket speaks */
  protocol?: string
  /** The body, where the framework has put another stream in the place of what came in: unpacked, say. @default incoming */
  body?: Readable
}

/**
 * Makes a `Request` of what Node received. The body streams in as it is read, and no faster; where a parser of the host has
 * read it before, what that left in `incoming.body` is handed on. `signal` aborts when the client goes away.
 */
export function toRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: ToRequestOptions = {},
): Request {
  const { method = 'GET' } = incoming
  const request = new Request(urlOf(incoming, options), {
    // `Request` refuses TRACE, which is to be answered like any other method that no route has.
    method: method === 'TRACE' ? 'GET' : method,
    signal: abortSignal(outgoing),
    ...(hasBody(incoming) ? bodyOf(incoming, options) : { headers: headersOf(incoming) }),
  })
  return method === 'TRACE' ? Object.defineProperty(request, 'method', { value: method }) : request
}

/** Writes a `Response` where Node answers, as fast as the client takes it. Rejects when the body of the response fails. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  // Appended: the host may have set cookies of its own.
  for (const cookie of response.headers.getSetCookie()) outgoing.appendHeader('set-cookie', cookie)
  await sendBody(response, outgoing)
  hangUpOnRest(outgoing.req)
}

function urlOf(incoming: IncomingMessage, { url = incoming.url ?? '/', protocol }: ToRequestOptions): string {
  const isTls = protocol === undefined ? 'encrypted' in incoming.socket : protocol === 'https'
  const host = String(incoming.headers.host ?? incoming.headers[':authority'] ?? '')
  const claimed = `${isTls ? 'https' : 'http'}://${host}`
  const { origin } = new URL(URL.canParse(claimed) ? claimed : 'http://localhost')
  // Joined as text: resolved, a path of `//other.example/` would become another host. Proxies may send a whole URL.
  return origin + url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/')
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
    // Pseudo-headers of HTTP/2 are no header names.
    if (!name.startsWith(':')) headers.append(name, value)
  }
  return headers
}

function hasBody({ method, headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'TRACE') return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function bodyOf(
  incoming: IncomingMessage & { body?: unknown },
  { body: stream = incoming }: ToRequestOptions,
): RequestInit {
  const headers = headersOf(incoming)
  if (stream !== incoming) return { headers: asUnpacked(headers), ...streaming(stream) }
  if (!incoming.readableDidRead) return { headers, ...streaming(incoming) }
  if (incoming.body === undefined) {
    throw new Error('The body of this request was read and not kept: mount Leadhooks before what reads it')
  }
  return { headers: asUnpacked(headers), body: serializeParsed(incoming.body) }
}

function streaming(stream: Readable): RequestInit {
  // Destroyed where its reader has enough, a message would block the connection for those that follow.
  const chunks = stream.iterator({ destroyOnReturn: false })
  return { body: ReadableStream.from(chunks), duplex: 'half' }
}

/** Without those that describe the bytes that were sent, which a parser has unpacked. */
function asUnpacked(headers: Headers): Headers {
  headers.delete('content-encoding')
  headers.delete('content-length')
  return headers
}

function serializeParsed(body: unknown): Uint8Array<ArrayBuffer> | string {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return new Uint8Array(body)
  // A number too large for a double is Infinity by now, and would turn into a null that no one sent.
  const tooLarge = randomUUID()
  try {
    const text = JSON.stringify(body, (_, value: unknown) => (isInfinite(value) ? tooLarge : value))
    return text.replaceAll(`"${tooLarge}"`, '1e400')
  } catch (error) {
    if (error instanceof RangeError) return tooDeep
    throw error
  }
}

/** Stands for a body that a parser could read and `JSON.stringify` cannot write again: deeper than any limit allows. */
const tooDeep = '['.repeat(5000) + ']'.repeat(5000)

function isInfinite(value: unknown): boolean {
  return value === Infinity || value === -Infinity
}

function abortSignal(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort()
  })
  return controller.signal
}

async function sendBody({ body, status }: Response, outgoing: ServerResponse): Promise<void> {
  if (body === null || status === 204 || status === 304 || outgoing.req.method === 'HEAD') {
    await body?.cancel()
    outgoing.end()
    return
  }
  try {
    await pipeline(Readable.fromWeb(body), outgoing)
  } catch (error) {
    // Otherwise it was the client that left, which is its right.
    if (outgoing.errored !== null) throw error
  }
}

const lingerMs = 5000

/**
 * Gives a client that is still sending time to read the answer, then hangs up. Closing at once would reset the connection
 * under the answer, and reading on to the end would let an endless body hold it for ever. `sendResponse` does it.
 */
export function hangUpOnRest(incoming: IncomingMessage): void {
  // The reader may have left off without a word; while its listener waits, nothing would flow.
  incoming.removeAllListeners('readable').resume()
  if (incoming.complete || incoming.destroyed) return
  const timer = setTimeout(() => incoming.socket.destroy(), lingerMs).unref()
  incoming.once('close', () => clearTimeout(timer))
}
