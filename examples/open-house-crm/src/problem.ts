import { isLeadhooksError } from '@leadhooks/core'
import type { ErrorRequestHandler } from 'express'
import { z } from 'zod'

export interface FieldError {
  /** A JSON pointer: `/email`. */
  pointer: string
  detail: string
}

/** A refusal that the caller can act on. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldError[]

  constructor(status: number, code: string, message: string, errors: readonly FieldError[] = []) {
    super(message)
    this.status = status
    this.code = code
    this.errors = errors
  }
}

/** The last handler of the app: `{ success: false, error: { code, message, errors? } }`, and nothing of the inside. */
export const answerProblem: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) {
    next(error)
    return
  }
  const { status, code, message, errors } = toProblem(error)
  if (status >= 500) console.error(error)
  res.status(status).json({ success: false, error: { code, message, ...(errors.length > 0 && { errors }) } })
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof z.ZodError) {
    const errors = error.issues.map(({ path, message }) => ({ pointer: pointerTo(path), detail: message }))
    return new Problem(400, 'invalid_request', 'The input is not valid: `errors` says where', errors)
  }
  if (isLeadhooksError(error) && error.status < 500)
    return new Problem(error.status, error.code, error.message)
  const { status, type, code } = named.parse(error)
  // Of express.json(): a body that is no JSON, or too long.
  if (type?.startsWith('entity.'))
    return new Problem(status ?? 400, type.replace('entity.', 'body_'), 'The body cannot be read')
  // Of Postgres: a text that it cannot keep.
  if (code === '22021' || code === '22P05')
    return new Problem(400, 'invalid_request', 'A text holds a NUL character')
  return new Problem(500, 'internal', 'Something went wrong on our side')
}

const named = z.object({ status: z.number(), type: z.string(), code: z.string() }).partial().catch({})

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key)}`).join('')
}
