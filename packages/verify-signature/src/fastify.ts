import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { checkFixedSecret, defaultLimitBytes, secretsFor, type GuardOptions } from './guard-options.ts'
import { problemJson, problemType } from './problem.ts'
import { readBody } from './read-body.ts'
import { isSignatureError, type SignatureError } from './signature-error.ts'
import { verifySignature } from './verify-signature.ts'
import type { WebhookEvent } from './webhook-event.ts'

export type { GuardOptions } from './guard-options.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The verified event; there on routes with `verifyWebhook` only. */
    webhook: WebhookEvent
  }
}

export interface FastifyGuardOptions extends GuardOptions<[request: FastifyRequest]> {
  /**
   * Answers a `SignatureError`, by `reply.send`. Without it the sender gets a problem document (RFC 9457) with the
   * `status` and the `code` of the error, and mistakes of the receiver's own (status 500) go to Fastify's error
   * handler.
   */
  onError?: ((error: SignatureError, request: FastifyRequest, reply: FastifyReply) => unknown) | undefined
}

/**
 * Options of a Fastify route that let only verified deliveries through, and set `request.webhook` to the event. They
 * verify before parsing, so that no content-type parser has to be added, moved or scoped: those of the app see the
 * same body after.
 *
 * @throws {SignatureError} `invalid_secret`, when the app starts, for a secret that is missing or malformed.
 *
 * @example
 * app.post('/webhooks', verifyWebhook({ secret: process.env.WEBHOOK_SECRET }), async (request) => {
 *   request.log.info({ event: request.webhook.event })
 * })
 */
export function verifyWebhook(options: FastifyGuardOptions): { preParsing: preParsingHookHandler } {
  checkFixedSecret(options.secret)
  const onError = options.onError ?? answerProblem

  const guard = async (
    ...[request, reply, payload, done]: Parameters<preParsingHookHandler>
  ): Promise<void> => {
    try {
      const body = await admit(request, reply, payload)
      if (body) done(null, Readable.from([body]))
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }

  const admit = async (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: Readable,
  ): Promise<Buffer | undefined> => {
    try {
      const body = await readBody(payload, options.limitBytes ?? defaultLimitBytes)
      request.webhook = await verifyBody(request, body, options)
      return body
    } catch (error) {
      if (!isSignatureError(error)) throw error
      await onError(error, request, reply)
      return undefined
    }
  }

  // Not an async hook: Fastify would go on to parse when it resolves, also after it has answered.
  return { preParsing: (...args) => void guard(...args) }
}

async function verifyBody(
  request: FastifyRequest,
  payload: Buffer,
  options: FastifyGuardOptions,
): Promise<WebhookEvent> {
  const secret = await secretsFor(options, request)
  const { toleranceSeconds, now } = options
  return verifySignature({ payload, headers: request.headers, secret, toleranceSeconds, now: now?.() })
}

function answerProblem(error: SignatureError, _request: unknown, reply: FastifyReply): void {
  if (error.status === 500) throw error
  reply.code(error.status).type(problemType).send(problemJson(error))
}
