import { Readable } from 'node:stream'
import type { Leadhooks } from '@leadhooks/core'
import { hangUpOnRest, type HostRule, hostRule, toRequest } from '@leadhooks/core/node-http'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'

export interface LeadhooksFastifyOptions {
  leadhooks: Pick<Leadhooks, 'fetch' | 'hasRoute'>
  /**
   * Says who a caller without an API key is, or null. It gets the request as Fastify has it, so that what earlier hooks found
   * out (`request.user`, `request.session`) is there. What it throws goes to the error handler of the app.
   *
   * Such a caller comes with cookies: what changes something must be requested from the same site.
   * @default nobody: API keys only
   */
  authorize?: HostRule<FastifyRequest>
}

/**
 * Serves the management API wherever it is registered. Paths that are not part of it go to the not-found handler of the app.
 * Hooks of the app run; its content-type parsers neither read these bodies nor change.
 *
 * ```ts
 * app.register(leadhooksFastify, { leadhooks, prefix: '/api/v1' })
 * ```
 */
export const leadhooksFastify: FastifyPluginCallback<LeadhooksFastifyOptions> = (app, options, done) => {
  // Of this scope only.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload))

  const readBasePath = basePathReader(app.prefix)
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const basePath = readBasePath(request.url)
    const [path = ''] = request.url.slice(basePath.length).split('?')
    if (options.leadhooks.hasRoute(path)) return serve(options, basePath, request, reply)
    reply.callNotFound()
    return reply
  }
  app.all('/', handler)
  app.all('/*', handler)
  done()
}

/** The part of a URL that the prefix of a scope stands for, whose parameters may be anything: by the number of segments. */
function basePathReader(prefix: string): (url: string) => string {
  const depth = prefix.split('/').filter((segment) => segment !== '').length
  const basePath = new RegExp(`^(?:/+[^/?]+){${depth}}`)
  return (url) => basePath.exec(url)?.[0] ?? ''
}

async function serve(
  { leadhooks, authorize }: LeadhooksFastifyOptions,
  basePath: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Response> {
  const host = hostRule(authorize, request)
  const { url, protocol, ip: clientAddress } = request
  const translated = toRequest(request.raw, reply.raw, { url, protocol, ...bodyOf(request) })
  const response = await leadhooks.fetch(translated, { basePath, clientAddress, authorize: host.authorize })
  host.rethrow()
  reply.raw.once('finish', () => hangUpOnRest(request.raw))
  return response
}

/** What is to be read, where there is something: a `preParsing` hook of the app may have unpacked what came in. */
function bodyOf({ body }: FastifyRequest): { body?: Readable } {
  return body instanceof Readable ? { body } : {}
}
