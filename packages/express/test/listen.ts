import { once } from 'node:events'
import { createServer } from 'node:http'
import type { HttpHost } from '@leadhooks/core/conformance'
import express5, { type Express } from 'express'
import express4 from 'express4'

/** What every test runs on. */
export const versions = [
  { version: 4, express: express4 },
  { version: 5, express: express5 },
]

/** Starts an app on a port of its own. */
export async function listen(app: Express): Promise<HttpHost> {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
