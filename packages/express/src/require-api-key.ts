import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiKey, VerifyOptions } from '@leadhooks/core'
import {
  checkApiKey,
  type KeyVerifier,
  problemResponse,
  rateLimitHeaders,
  sendResponse,
} from '@leadhooks/core/node-http'

declare global {
  namespace Express {
    interface Request {
      /** The key that was let in; there on routes behind `requireApiKey` only. */
      apiKey: ApiKey
    }
  }
}

/** As much of Express's request as is needed: so that a route keeps the types of its own parameters. */
export interface GuardedRequest extends IncomingMessage {
  apiKey?: ApiKey
  /** The client's address, as far as the app's `trust proxy` lets it be known. */
  ip?: string | undefined
  /** The route that was matched, as the app wrote it. */
  route?: { path?: unknown }
}

type Next = (error?: unknown) => void

export type RequireApiKeyOptions = Pick<
  VerifyOptions,
  'permissions' | 'anyOf' | 'environment' | 'cost' | 'route'
>

/**
 * Lets in requests with an API key that may do what is asked, and sets `req.apiKey`. Others are answered with 401, 403 or 429;
 * a broken storage goes to the error handlers of the app. Where the key has rate limits, the answer says how they stand. Its use
 * is counted under the route as the app wrote it (`GET /contacts/:id`), unless `route` names it.
 *
 * ```ts
 * app.get('/contacts', requireApiKey(leadhooks, { permissions: ['read:contacts'] }), handler)
 * ```
 */
export function requireApiKey(
  leadhooks: KeyVerifier,
  options: RequireApiKeyOptions = {},
): (req: GuardedRequest, res: ServerResponse, next: Next) => void {
  return (req, res, next) => void guard(leadhooks, options, req, res, next)
}

async function guard(
  leadhooks: KeyVerifier,
  options: RequireApiKeyOptions,
  req: GuardedRequest,
  res: ServerResponse,
  next: Next,
): Promise<void> {
  try {
    const header = (name: string): string | undefined => req.headers[name]?.toString()
    const asked = { ...options, route: options.route ?? routeOf(req), ip: req.ip }
    const check = await checkApiKey(leadhooks, header, asked)
    if (!check.ok) return await sendResponse(problemResponse(check.refusal), res)
    for (const [name, value] of Object.entries(rateLimitHeaders(check.limits))) res.setHeader(name, value)
    req.apiKey = check.apiKey
  } catch (error) {
    return next(error)
  }
  next()
}

/** Not the URL: there would be as many counts as there are contacts. */
function routeOf({ method, route }: GuardedRequest): string | undefined {
  return typeof route?.path === 'string' ? `${method} ${route.path}` : undefined
}
