import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkFixedSecret, defaultLimitBytes, secretsFor, type GuardOptions } from './guard-options.ts'
import { problemJson, problemType } from './problem.ts'
import { bodyAlreadyParsed } from './raw-body.ts'
import { readBody } from './read-body.ts'
import { isSignatureError, type SignatureError } from './signature-error.ts'
import { verifySignature } from './verify-signature.ts'
import type { WebhookEvent } from './webhook-event.ts'

export type { GuardOptions } from './guard-options.ts'

declare global {
  namespace Express {
    interface Request {
      /** The verified event; there on routes behind `verifyWebhook` only. */
      webhook: WebhookEvent
    }
  }
}

/** The part of Express's request that the guard uses, so that nothing of Express has to be installed for it. */
export interface GuardedRequest extends IncomingMessage {
  body?: unknown
  rawBody?: unknown
  webhook?: WebhookEvent
}

type Next = (error?: unknown) => void

export interface ExpressGuardOptions<Req extends GuardedRequest> extends GuardOptions<[request: Req]> {
  /**
   * Takes over what happens on a `SignatureError`. Without it the sender gets a problem document (RFC 9457) with the
   * `status` and the `code` of the error, and mistakes of the receiver's own (status 500) go to Express's error
   * handler.
   */
  onError?:
    | ((error: SignatureError, request: Req, response: ServerResponse, next: Next) => unknown)
    | undefined
}

/**
 * Express middleware (4 and 5) that lets only verified deliveries through, and sets `req.webhook` to the event. It
 * reads the body itself, and fills `req.body` too. Behind a parser it takes `req.rawBody`, or what `express.raw()` or
 * `express.text()` left in `req.body`.
 *
 * @throws {SignatureError} `invalid_secret`, when the app starts, for a secret that is missing or malformed.
 *
 * @example
 * app.post('/webhooks', verifyWebhook({ secret: process.env.WEBHOOK_SECRET }), (req, res) => {
 *   console.log(req.webhook.event, req.webhook.data)
 *   res.sendStatus(204)
 * })
 */
export function verifyWebhook<Req extends GuardedRequest = GuardedRequest>(
  options: ExpressGuardOptions<Req>,
): (request: Req, response: ServerResponse, next: Next) => Promise<void> {
  checkFixedSecret(options.secret)
  const onError = options.onError ?? answerProblem

  const admits = async (request: Req, response: ServerResponse, next: Next): Promise<boolean> => {
    try {
      const event = await receiveEvent(request, options)
      request.webhook = event
      request.body ??= event
      return true
    } catch (error) {
      if (!isSignatureError(error)) throw error
      await onError(error, request, response, next)
      return false
    }
  }

  return async (request, response, next) => {
    try {
      if (await admits(request, response, next)) next()
    } catch (error) {
      next(error)
    }
  }
}

async function receiveEvent<Req extends GuardedRequest>(
  request: Req,
  options: ExpressGuardOptions<Req>,
): Promise<WebhookEvent> {
  const payload = await rawBodyOf(request, options.limitBytes ?? defaultLimitBytes)
  const secret = await secretsFor(options, request)
  const { toleranceSeconds, now } = options
  return verifySignature({ payload, headers: request.headers, secret, toleranceSeconds, now: now?.() })
}

async function rawBodyOf(request: GuardedRequest, limitBytes: number): Promise<string | Uint8Array> {
  if (isRaw(request.rawBody)) return request.rawBody
  if (isRaw(request.body)) return request.body
  // Judged by the stream, since the parsers of Express 4 leave `{}` in `req.body` even when they read nothing.
  if (request.readableDidRead) throw bodyAlreadyParsed(request.body)
  const body = await readBody(request, limitBytes)
  // A parser further down must find that its work is done, and the one of Express 4 asks for `_body`.
  return Object.assign(request, { rawBody: body, _body: true }).rawBody
}

function isRaw(body: unknown): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}

function answerProblem(error: SignatureError, _request: unknown, response: ServerResponse, next: Next): void {
  if (error.status === 500) next(error)
  else response.writeHead(error.status, { 'content-type': problemType }).end(problemJson(error))
}
