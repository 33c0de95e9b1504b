import { defaultLimitBytes, secretsFor, tooLarge, type GuardOptions } from './guard-options.ts'
import { problemJson, problemType } from './problem.ts'
import type { Secrets } from './secret.ts'
import { isSignatureError, SignatureError } from './signature-error.ts'
import { verifySignature } from './webcrypto/verify-signature.ts'
import type { WebhookEvent } from './webhook-event.ts'

export type { GuardOptions } from './guard-options.ts'

export interface FetchGuardOptions<Rest extends unknown[] = []> extends GuardOptions<
  [request: Request, ...rest: Rest]
> {
  /**
   * Answers a `SignatureError`. Without it the sender gets a problem document (RFC 9457) with the `status` and the
   * `code` of the error, and mistakes of the receiver's own (status 500) are thrown, for the framework to log.
   */
  onError?: ((error: SignatureError, request: Request) => Response | Promise<Response>) | undefined
}

/**
 * Verifies a request of the Fetch standard, reads its body, and resolves to the parsed event. For Hono, Next, Bun,
 * Deno, Workers. `T` describes the event and is not checked.
 *
 * Rejects with a {@link SignatureError}, `body_already_parsed` if the body was read before.
 *
 * @example
 * const event = await verifyRequest(request, { secret: process.env.WEBHOOK_SECRET })
 */
export async function verifyRequest<T = WebhookEvent>(
  request: Request,
  options: GuardOptions<[request: Request]>,
): Promise<T> {
  return receiveEvent<T>(request, options, () => secretsFor(options, request))
}

/**
 * Wraps a handler so that it is called for verified deliveries only, with the event. What the framework passes after
 * the request (a Worker's `env`, Next's `context`) goes on to the handler and to a `secret` function.
 *
 * @example
 * export const POST = verifyWebhook({ secret: process.env.WEBHOOK_SECRET }, async (event) => {
 *   return new Response(null, { status: 204 })
 * })
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is for the caller, to name the event's type
export function verifyWebhook<T = WebhookEvent, Rest extends unknown[] = []>(
  options: FetchGuardOptions<Rest>,
  handler: (event: T, request: Request, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    let event: T
    try {
      event = await receiveEvent<T>(request, options, () => secretsFor(options, request, ...rest))
    } catch (error) {
      if (isSignatureError(error) && options.onError) return options.onError(error, request)
      if (!isSignatureError(error) || error.status === 500) throw error
      return new Response(problemJson(error), {
        status: error.status,
        headers: { 'content-type': problemType },
      })
    }
    return handler(event, request, ...rest)
  }
}

async function receiveEvent<T>(
  request: Request,
  options: Omit<GuardOptions<never>, 'secret'>,
  findSecret: () => Promise<Secrets>,
): Promise<T> {
  const payload = await readBody(request, options.limitBytes ?? defaultLimitBytes)
  const secret = await findSecret()
  const { toleranceSeconds, now } = options
  return verifySignature<T>({ payload, headers: request.headers, secret, toleranceSeconds, now: now?.() })
}

async function readBody(request: Request, limitBytes: number): Promise<ArrayBuffer> {
  if (request.bodyUsed) throw bodyAlreadyRead()
  // Where requests have no streams, and where there is no body.
  if (!request.body) return request.arrayBuffer()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.length
    if (size > limitBytes) throw tooLarge(limitBytes)
    chunks.push(chunk)
  }
  return new Blob(chunks).arrayBuffer()
}

function bodyAlreadyRead(): SignatureError {
  return new SignatureError(
    'body_already_parsed',
    'The body of this request was read before, and can be read only once. Two fixes: (1) verify before anything else ' +
      'reads it; or (2) read it yourself, const payload = await request.text(), and give that to verifySignature() of ' +
      '@leadhooks/verify-signature/webcrypto with request.headers.',
  )
}
