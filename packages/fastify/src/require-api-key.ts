import type { ApiKey, VerifyOptions } from '@leadhooks/core'
import { checkApiKey, type KeyVerifier, problemResponse, rateLimitHeaders } from '@leadhooks/core/node-http'
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that was let in; there on routes behind `requireApiKey` only. */
    apiKey: ApiKey
  }
}

export type RequireApiKeyOptions = Pick<
  VerifyOptions,
  'permissions' | 'anyOf' | 'environment' | 'cost' | 'route'
>

/**
 * A hook that lets in requests with an API key that may do what is asked, and sets `request.apiKey`. Others are answered with
 * 401, 403 or 429 before their body is read; a broken storage goes to the error handler of the app. Where the key has rate
 * limits, the answer says how they stand. Its use is counted under the route as the app wrote it (`GET /contacts/:id`), unless
 * `route` names it.
 *
 * ```ts
 * const onRequest = requireApiKey(leadhooks, { permissions: ['read:contacts'] })
 * app.get('/contacts', { onRequest }, handler)
 * ```
 */
export function requireApiKey(
  leadhooks: KeyVerifier,
  options: RequireApiKeyOptions = {},
): onRequestAsyncHookHandler {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { headers, ip } = request
    // Unknown options go along, to be refused. Copied first, which costs a third of what it does later in the object.
    const asked = { ...options, route: options.route ?? routeOf(request), ip }
    const check = await checkApiKey(leadhooks, (name) => headers[name]?.toString(), asked)
    if (!check.ok) return reply.send(problemResponse(check.refusal))
    if (check.limits !== undefined) reply.headers(rateLimitHeaders(check.limits))
    request.apiKey = check.apiKey
    return undefined
  }
}

/** Not the URL: there would be as many counts as there are contacts. */
function routeOf({ method, routeOptions }: FastifyRequest): string | undefined {
  return routeOptions.url === undefined ? undefined : `${method} ${routeOptions.url}`
}
