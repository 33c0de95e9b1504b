import type { HttpHost } from '@leadhooks/core/conformance'
import fastify5, { type FastifyInstance } from 'fastify'
import fastify4 from 'fastify4'

/** What every test runs on. */
export const versions = [
  { version: 4, fastify: fastify4 },
  { version: 5, fastify: fastify5 },
]

/** Starts an app on a port of its own. */
export async function listen(app: FastifyInstance): Promise<HttpHost> {
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    origin,
    refusesBadPaths: true,
    async close() {
      const closed = app.close()
      app.server.closeAllConnections()
      await closed
    },
  }
}
