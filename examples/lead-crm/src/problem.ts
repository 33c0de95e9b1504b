import { isLeadhooksError } from '@leadhooks/core'
import type { ErrorRequestHandler } from 'express'
import { z } from 'zod'

/** A refusal that the caller can act on, in the form that Leadhooks answers in too (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldError[]

  constructor(status: number, code: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail)
    this.status = status
    this.code = code
    this.errors = errors
  }
}

/** What is wrong with the input, and where: a JSON pointer. */
interface FieldError {
  pointer: string
  detail: string
}

/** The last handler of the app: every error becomes an answer in JSON, and what is our own fault shows no inside. */
export const answerProblem: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) {
    next(error)
    return
  }
  const { status, code, message: detail, errors } = toProblem(error)
  if (status >= 500) console.error(error)
  const body = { status, code, detail, ...(errors.length > 0 && { errors }) }
  res.status(status).type('application/problem+json').send(JSON.stringify(body))
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof z.ZodError) return invalidInput(error)
  if (isLeadhooksError(error)) {
    return new Problem(error.status, error.code, error.status < 500 ? error.message : ownFault)
  }
  const { type, code } = named.parse(error)
  if (type === 'entity.parse.failed') return new Problem(400, 'malformed_json', 'The body is not valid JSON')
  if (type === 'entity.too.large') return new Problem(413, 'payload_too_large', 'The body is over 100 KiB')
  // SQLite and Postgres: a UNIQUE constraint.
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === '23505') {
    return new Problem(409, 'duplicate_lead', 'There is a lead with this email already')
  }
  // Postgres: a deadlock, and a text that it cannot keep.
  if (code === '40P01') return new Problem(409, 'conflict', 'Another request got in the way: send it again')
  if (code === '22021') return new Problem(400, 'invalid_request', 'A text holds a NUL character')
  return new Problem(500, 'internal', ownFault)
}

const ownFault = 'Something went wrong on our side'

// What express.json(), better-sqlite3 and pg name their errors by.
const named = z.object({ type: z.string(), code: z.string() }).partial().catch({})

function invalidInput({ issues }: z.ZodError): Problem {
  const errors = issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(issue.path), detail: issue.message }]
    return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: 'Unknown field' }))
  })
  return new Problem(400, 'invalid_request', 'The input is not valid: `errors` says where', errors)
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key)}`).join('')
}
