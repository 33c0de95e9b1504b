import type { Leadhooks } from '@leadhooks/core'
import { sendResponse, toRequest } from '@leadhooks/core/node-http'
import type { Request, RequestHandler } from 'express'
import type { AdminActor } from './admin-actor.ts'
import { type Admin, createAdmin } from './create-admin.ts'
import { type AdminSettings, checkRule } from './options.ts'
import { isOurs } from './place-of.ts'

export interface AdminExpressOptions extends AdminSettings {
  /**
   * Says who is there, or null for nobody. It gets the request as Express has it, so that what earlier middleware found out
   * (`req.user`, `req.session`) is there. What it throws goes to the error handlers of the app.
   */
  authorize: (request: Request) => AdminActor | null | undefined | Promise<AdminActor | null | undefined>
}

/**
 * Serves the screens wherever it is mounted, in Express 4 and 5. Paths that are not part of it go on to the app untouched.
 *
 * ```ts
 * app.use('/admin', leadhooksAdmin(leadhooks, { authorize: (req) => req.user && { … } }))
 * ```
 */
export function leadhooksAdmin(
  leadhooks: Pick<Leadhooks, 'fetch'>,
  { authorize, ...settings }: AdminExpressOptions,
): RequestHandler {
  checkRule(authorize)
  const admin = createAdmin(leadhooks, settings)
  return (req, res, next) => {
    if (isOurs(req.path)) void serve(admin, authorize, req, res, next)
    else next()
  }
}

async function serve(
  admin: Admin,
  authorize: AdminExpressOptions['authorize'],
  ...[req, res, next]: Parameters<RequestHandler>
): Promise<void> {
  try {
    const request = toRequest(req, res, { url: req.originalUrl, protocol: req.protocol })
    const response = await admin(request, { authorize: () => authorize(req), clientAddress: req.ip })
    await sendResponse(response, res)
  } catch (error) {
    next(error)
  }
}
