import { ApiError, toApiError } from './api-error.ts'
import type { Method } from './operation-types.ts'

/** What `createLeadhooksClient` takes. */
export interface LeadhooksClientOptions {
  /** Where the API is mounted: `https://crm.example/api/v1`, or in a browser `/api/v1`. */
  baseUrl: string
  /** For servers and scripts. In a browser leave it out: there the session of the signed-in user counts. */
  apiKey?: string | (() => string | Promise<string>) | undefined
  /** Sent with every request; as a function, asked for each. */
  headers?:
    | Record<string, string>
    | (() => Record<string, string> | Promise<Record<string, string>>)
    | undefined
  /** Whether cookies go along; `include` for an API on another origin. @default 'same-origin' */
  credentials?: 'omit' | 'same-origin' | 'include' | undefined
  /** For staff, who act for all organizations: the one that is meant. */
  organizationId?: string | undefined
  /** @default the global one */
  fetch?: typeof globalThis.fetch | undefined
}

/** What every method takes last. */
export interface CallOptions {
  /** Gives up the request: the method rejects with the reason of the signal. */
  signal?: AbortSignal | undefined
  /** The caller's own name for a POST: a second one of the same name is the first. */
  idempotencyKey?: string | undefined
  headers?: Record<string, string> | undefined
}

/** One request, of which the path is filled in. */
export interface Call {
  method: Method
  path: string
  query?: object | undefined
  body?: unknown
  options?: CallOptions | undefined
}

export type Send = (call: Call) => Promise<unknown>
/** The same, with the answer still to be read. */
export type Request = (call: Call) => Promise<Response>

/** Sends requests and reads their answers. Rejects with an `ApiError`, or with the reason of an aborted signal. */
export function createSend(request: Request): Send {
  return async (call) => readAnswer(await request(call), call.options?.signal)
}

export function createRequest(client: LeadhooksClientOptions): Request {
  const base = client.baseUrl.replace(/\/+$/, '')
  // Looked up for each request: what wraps the global one later counts too.
  const send: typeof globalThis.fetch = (...args) => (client.fetch ?? globalThis.fetch)(...args)

  return async ({ method, path, query = {}, body, options = {} }) => {
    const headers = await headersOf(client, options, body !== undefined)
    const response = await send(`${base}${path}${toSearch(query)}`, {
      method,
      headers,
      credentials: client.credentials ?? 'same-origin',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(options.signal && { signal: options.signal }),
    }).catch(asNetworkError(options.signal))
    if (!response.ok) throw await toApiError(response)
    return response
  }
}

async function headersOf(
  { apiKey, headers, organizationId }: LeadhooksClientOptions,
  options: CallOptions,
  hasBody: boolean,
): Promise<Record<string, string>> {
  const key = typeof apiKey === 'function' ? await apiKey() : apiKey
  const own = typeof headers === 'function' ? await headers() : headers
  return {
    accept: 'application/json',
    ...(hasBody && { 'content-type': 'application/json' }),
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(organizationId !== undefined && { 'leadhooks-organization': organizationId }),
    ...(options.idempotencyKey !== undefined && { 'idempotency-key': options.idempotencyKey }),
    ...own,
    ...options.headers,
  }
}

/** `?limit=20&since=…`; empty without parameters. Dates are written as in RFC 3339. */
function toSearch(query: object): string {
  const given = Object.entries<unknown>({ ...query }).filter(
    ([, value]) => value !== undefined && value !== null,
  )
  const parameters = given.map(([name, value]): [string, string] => [
    name,
    value instanceof Date ? value.toISOString() : String(value),
  ])
  return parameters.length === 0 ? '' : `?${new URLSearchParams(parameters).toString()}`
}

async function readAnswer(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  const { status } = response
  if (status === 204) return undefined
  const text = await response.text().catch(asNetworkError(signal))
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `The answer was ${status}, but no JSON: look at \`baseUrl\`, which may lead to a page`
    throw new ApiError('unexpected_answer', message, { status, cause })
  }
}

function asNetworkError(signal: AbortSignal | undefined): (cause: unknown) => never {
  return (cause) => {
    signal?.throwIfAborted()
    throw new ApiError('network_error', 'The API could not be reached', { status: 0, cause })
  }
}
