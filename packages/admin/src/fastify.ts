import { Readable } from 'node:stream'
import type { Leadhooks } from '@leadhooks/core'
import { hangUpOnRest, toRequest } from '@leadhooks/core/node-http'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { AdminActor } from './admin-actor.ts'
import { createAdmin } from './create-admin.ts'
import { type AdminSettings, checkRule } from './options.ts'

export interface AdminFastifyOptions extends AdminSettings {
  leadhooks: Pick<Leadhooks, 'fetch'>
  /**
   * Says who is there, or null for nobody. It gets the request as Fastify has it, so that what earlier hooks found out
   * (`request.user`, `request.session`) is there. What it throws goes to the error handler of the app.
   */
  authorize: (
    request: FastifyRequest,
  ) => AdminActor | null | undefined | Promise<AdminActor | null | undefined>
}

/**
 * Serves the screens wherever it is registered, in Fastify 4 and 5. Hooks of the app run; its content-type parsers neither read these
 * bodies nor change.
 *
 * ```ts
 * app.register(leadhooksAdmin, { leadhooks, authorize, prefix: '/admin' })
 * ```
 */
export const leadhooksAdmin: FastifyPluginCallback<AdminFastifyOptions> = (app, options, done) => {
  const { leadhooks, authorize, ...settings } = options
  // Fastify leaves its own options among those of a plugin.
  const { prefix: _prefix, logLevel: _logLevel, ...own } = settings as AdminSettings & Record<string, unknown>
  checkRule(authorize)
  const admin = createAdmin(leadhooks, own)
  // Of this scope only.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload))

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<Response> => {
    const { url, protocol, body } = request
    const translated = toRequest(request.raw, reply.raw, {
      url,
      protocol,
      ...(body instanceof Readable && { body }),
    })
    const response = await admin(translated, {
      authorize: () => authorize(request),
      clientAddress: request.ip,
    })
    reply.raw.once('finish', () => hangUpOnRest(request.raw))
    return response
  }
  app.all('/', handler)
  app.all('/-/*', handler)
  done()
}
