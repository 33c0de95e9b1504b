import type { Leadhooks } from '@leadhooks/core'
import { createAdmin } from './create-admin.ts'
import { type AdminOptions, checkRule } from './options.ts'

export type AdminHandler = (
  request: Request,
  from?: { clientAddress?: string | undefined },
) => Promise<Response>

/**
 * Serves the screens, wherever it is mounted and whatever a proxy cuts off: give it all requests whose path is the mount or begins
 * with it and a slash. `clientAddress` is where a request comes from, for the audit log.
 *
 * Throws `invalid_options` without `authorize`.
 *
 * ```ts
 * const admin = leadhooksAdmin(leadhooks, { authorize: (request) => actorOf(request) })
 * app.all('/admin/*', (c) => admin(c.req.raw))
 * ```
 */
export function leadhooksAdmin(
  leadhooks: Pick<Leadhooks, 'fetch'>,
  { authorize, ...settings }: AdminOptions,
): AdminHandler {
  checkRule(authorize)
  const admin = createAdmin(leadhooks, settings)
  return (request, { clientAddress } = {}) =>
    admin(request, { authorize: () => authorize(request), clientAddress })
}
