import { z } from 'zod'
import { type ErrorCode, isLeadhooksError, LeadhooksError } from '../errors.ts'
import type { LimitDecision } from '../rate-limit/rate-limiter.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'

/** An error as the API answers it (RFC 9457). */
export const problem = z
  .object({
    type: z.string().meta({ description: 'Where the documentation explains the code' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'What programs tell errors apart by; stable' }),
    detail: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({
        description: 'What is wrong with the input, by JSON pointer (RFC 6901) into the body or the query',
      }),
    'violated-policies': z
      .array(z.string())
      .optional()
      .meta({ description: 'The rate limits that were gone over, by their names in `RateLimit-Policy`' }),
  })
  .meta({ id: 'Problem' })

type Problem = z.output<typeof problem>

const documentation = 'https://leadhooks.dev/errors'
/** The one type of problem that is registered for what we have a code for (draft-ietf-httpapi-ratelimit-headers). */
const quotaExceeded = 'https://iana.org/assignments/http-problem-types#quota-exceeded'

/** Headers of every answer: what it holds is for this caller and now, and is what its type says. */
export const answerHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** Turns an error into the answer for it. Of what went wrong on our side it tells nothing but the code. */
export function problemResponse(error: unknown, headers: Record<string, string> = {}): Response {
  const answer = toProblem(isLeadhooksError(error) ? error : new LeadhooksError('internal', ''))
  const body = Buffer.from(JSON.stringify(answer))
  return new Response(body, {
    status: answer.status,
    headers: {
      ...answerHeaders,
      'content-type': 'application/problem+json',
      'content-length': String(body.length),
      ...headersByStatus[answer.status],
      ...(isLeadhooksError(error) && rateLimitHeaders(error.limits)),
      ...headers,
    },
  })
}

const headersByStatus: Record<number, Record<string, string>> = {
  401: { 'www-authenticate': 'Bearer' },
  503: { 'retry-after': '5' },
}

function toProblem({ code, status, message, issues, limits }: LeadhooksError): Problem {
  const type = code === 'rate_limited' ? quotaExceeded : `${documentation}#${code}`
  const base = { type, title: titleOf(code), status, code }
  if (limits !== undefined) return { ...base, detail: message, 'violated-policies': violated(limits) }
  if (status >= 500) return { ...base, detail: serverFault(status) }
  if (issues.length === 0) return { ...base, detail: message }
  return {
    ...base,
    detail: message,
    errors: issues.map(({ pointer, message }) => ({ pointer, detail: message })),
  }
}

function violated({ limits }: LimitDecision): string[] {
  return limits.filter(({ allowed }) => !allowed).map(({ name }) => name)
}

function serverFault(status: number): string {
  return status === 503
    ? 'The service is not available now: try again soon'
    : 'Something failed here: it was logged'
}

/** `api_key_missing` reads "API key missing". */
function titleOf(code: ErrorCode): string {
  const words = code.replaceAll('_', ' ').replaceAll(/\b(api|json|url)\b/g, (word) => word.toUpperCase())
  return words.charAt(0).toUpperCase() + words.slice(1)
}
