import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiKey } from '@leadhooks/core'
import { checkApiKey, type KeyVerifier, problemResponse, sendResponse } from '@leadhooks/core/node-http'

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
}

type Next = (error?: unknown) => void

export interface RequireApiKeyOptions {
  /** What the key must be allowed to do, all of it: `['read:contacts']`. @default any key will do */
  permissions?: readonly string[]
}

/**
 * Lets in requests with an API key that may do what is asked, and sets `req.apiKey`. Others are answered with 401 or 403;
 * a broken storage goes to the error handlers of the app.
 *
 * ```ts
 * app.get('/contacts', requireApiKey(leadhooks, { permissions: ['read:contacts'] }), handler)
 * ```
 */
export function requireApiKey(
  leadhooks: KeyVerifier,
  { permissions = [] }: RequireApiKeyOptions = {},
): (req: GuardedRequest, res: ServerResponse, next: Next) => void {
  return (req, res, next) => void guard(leadhooks, permissions, req, res, next)
}

async function guard(
  leadhooks: KeyVerifier,
  permissions: readonly string[],
  req: GuardedRequest,
  res: ServerResponse,
  next: Next,
): Promise<void> {
  try {
    const check = await checkApiKey(leadhooks, (name) => req.headers[name]?.toString(), permissions)
    if (!check.ok) return await sendResponse(problemResponse(check.refusal), res)
    req.apiKey = check.apiKey
  } catch (error) {
    return next(error)
  }
  next()
}
