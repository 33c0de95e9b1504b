import type { KeyVerifier } from '@leadhooks/core/node-http'
import type { FastifyPluginCallback, onRequestAsyncHookHandler } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { requireApiKey, type RequireApiKeyOptions } from './require-api-key.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** A hook that lets in requests with an API key only; there after `requireApiKeyPlugin`. */
    requireApiKey(options?: RequireApiKeyOptions): onRequestAsyncHookHandler
  }
}

export interface RequireApiKeyPluginOptions {
  leadhooks: KeyVerifier
}

const plugin: FastifyPluginCallback<RequireApiKeyPluginOptions> = (app, { leadhooks }, done) => {
  app.decorateRequest('apiKey')
  app.decorate('requireApiKey', (options?: RequireApiKeyOptions) => requireApiKey(leadhooks, options))
  done()
}

/**
 * Gives an app, and every scope in it, `app.requireApiKey(options)`: the hook of `requireApiKey` for one `leadhooks`.
 *
 * ```ts
 * await app.register(requireApiKeyPlugin, { leadhooks })
 * app.get('/contacts', { onRequest: app.requireApiKey({ permissions: ['read:contacts'] }) }, handler)
 * ```
 */
export const requireApiKeyPlugin = fastifyPlugin(plugin, {
  name: '@leadhooks/fastify/require-api-key',
  fastify: '>=4.29',
})
