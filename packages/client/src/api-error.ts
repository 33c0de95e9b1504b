import type { ErrorCode } from './api-types.ts'

/**
 * What went wrong: a code of the API, or one of the client's own. `network_error`: no answer came. `unexpected_answer`: what answered
 * was not the API, but a proxy, say, or a page of the host's.
 */
export type ApiErrorCode = ErrorCode | 'network_error' | 'unexpected_answer'

/** One thing that is wrong with an input: `pointer` is a JSON pointer (RFC 6901) into the body or the query. */
export interface ApiIssue {
  pointer: string
  detail: string
}

interface ApiErrorDetails {
  /** 0 where no answer came. */
  status: number
  issues?: readonly ApiIssue[] | undefined
  retryAfterMs?: number | undefined
  cause?: unknown
}

const brand = Symbol.for('leadhooks.api-error')

/** A request to the management API that was not answered as hoped. The message is for people, `code` for programs. */
export class ApiError extends Error {
  /** A newer API may have codes that this client has not heard of. */
  readonly code: ApiErrorCode | (string & {})
  /** The HTTP status; 0 where no answer came. */
  readonly status: number
  /** What is wrong with the input, piece by piece; empty when the code says it all. */
  readonly issues: readonly ApiIssue[]
  /** How long to wait before the next try; undefined where the API did not say. */
  readonly retryAfterMs: number | undefined

  constructor(code: ApiError['code'], message: string, details: ApiErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'ApiError'
    this.code = code
    this.status = details.status
    this.issues = details.issues ?? []
    this.retryAfterMs = details.retryAfterMs
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Recognises an `ApiError` of any copy of the package, where `instanceof` knows only its own. */
export function isApiError(value: unknown): value is ApiError {
  return typeof value === 'object' && value !== null && brand in value
}

/** Reads the error out of an answer other than 2xx: a problem (RFC 9457), or whatever stood in the way. */
export async function toApiError(response: Response): Promise<ApiError> {
  const { status } = response
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'))
  const problem = await readProblem(response)
  if (problem === null) {
    const message = `The answer was ${status}, and not one of Leadhooks: look at \`baseUrl\`, and at what stands before the API`
    return new ApiError('unexpected_answer', message, { status, retryAfterMs })
  }
  const { code, detail, errors } = problem
  return new ApiError(code, detail, { status, issues: errors, retryAfterMs })
}

interface Problem {
  code: string
  detail: string
  errors?: ApiIssue[]
}

async function readProblem(response: Response): Promise<Problem | null> {
  const type = response.headers.get('content-type') ?? ''
  if (!type.startsWith('application/problem+json')) return null
  const problem: unknown = await response.json().catch(() => null)
  return isProblem(problem) ? problem : null
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value
}

/** Seconds, as the API writes them; a date, as proxies may. */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
