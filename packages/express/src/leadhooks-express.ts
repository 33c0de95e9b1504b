import type { Leadhooks } from '@leadhooks/core'
import { type HostRule, hostRule, sendResponse, toRequest } from '@leadhooks/core/node-http'
import type { Request, RequestHandler } from 'express'

export interface LeadhooksExpressOptions {
  /**
   * Says who a caller without an API key is, or null. It gets the request as Express has it, so that what earlier middleware
   * found out (`req.user`, `req.session`) is there. What it throws goes to the error handlers of the app.
   *
   * Such a caller comes with cookies: what changes something must be requested from the same site.
   * @default nobody: API keys only
   */
  authorize?: HostRule<Request>
}

/**
 * Serves the management API wherever it is mounted. Paths that are not part of it go on to the app untouched.
 *
 * ```ts
 * app.use('/api/v1', leadhooksExpress(leadhooks))
 * ```
 */
export function leadhooksExpress(
  leadhooks: Pick<Leadhooks, 'fetch' | 'hasRoute'>,
  options: LeadhooksExpressOptions = {},
): RequestHandler {
  return (req, res, next) => {
    if (leadhooks.hasRoute(req.path)) void serve(leadhooks, options, req, res, next)
    else next()
  }
}

async function serve(
  leadhooks: Pick<Leadhooks, 'fetch'>,
  { authorize }: LeadhooksExpressOptions,
  ...[req, res, next]: Parameters<RequestHandler>
): Promise<void> {
  try {
    const host = hostRule(authorize, req)
    const request = toRequest(req, res, { url: req.originalUrl, protocol: req.protocol })
    const { baseUrl: basePath, ip: clientAddress } = req
    const response = await leadhooks.fetch(request, { basePath, clientAddress, authorize: host.authorize })
    host.rethrow()
    await sendResponse(response, res)
  } catch (error) {
    next(error)
  }
}
