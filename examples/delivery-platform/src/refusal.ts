import { isLeadhooksError } from '@leadhooks/core'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** A request that cannot be done, and why. */
export class Refusal extends Error {
  readonly statusCode: number
  readonly code: string

  constructor(statusCode: number, code: string, message: string) {
    super(message)
    this.statusCode = statusCode
    this.code = code
  }
}

interface Answer {
  statusCode: number
  code: string
  message: string
  errors?: readonly { pointer: string; message: string }[]
}

/** Every error is `{ error: { code, message, errors? } }`. What is our own fault is logged, and shows no inside. */
export function answerRefusals(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const answer = toAnswer(error)
    if (answer.statusCode >= 500) request.log.error({ err: error }, 'A request failed')
    return send(reply, answer)
  })
  app.setNotFoundHandler((request, reply) =>
    send(reply, {
      statusCode: 404,
      code: 'not_found',
      message: `There is nothing at ${request.method} ${request.url}`,
    }),
  )
}

async function send(reply: FastifyReply, { statusCode, ...error }: Answer): Promise<FastifyReply> {
  return reply.code(statusCode).send({ error })
}

const ownFault = { statusCode: 500, code: 'internal', message: 'Something went wrong on our side' }

function toAnswer(error: unknown): Answer {
  if (error instanceof Refusal)
    return { statusCode: error.statusCode, code: error.code, message: error.message }
  if (isLeadhooksError(error)) {
    const { status: statusCode, code, message, issues } = error
    if (statusCode === 503)
      return { statusCode, code, message: 'The platform is not available now: try again soon' }
    return statusCode < 500
      ? { statusCode, code, message, ...(issues.length > 0 && { errors: issues }) }
      : ownFault
  }
  const {
    statusCode = 500,
    message = '',
    validation,
  } = error as { statusCode?: number; message?: string; validation?: Wrong[] }
  if (validation !== undefined) {
    const errors = validation.map(({ instancePath, message: what = '' }) => ({
      pointer: instancePath,
      message: what,
    }))
    return {
      statusCode: 400,
      code: 'invalid_request',
      message: 'The input is not valid: `errors` says where',
      errors,
    }
  }
  // Of Fastify: a body that is no JSON, too long, or of another type.
  return statusCode < 500 ? { statusCode, code: 'invalid_request', message } : ownFault
}

interface Wrong {
  instancePath: string
  message?: string
}
