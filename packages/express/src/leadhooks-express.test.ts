import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLeadhooks, memoryStorage } from '@leadhooks/core'
import { httpConformance, type HttpHost, type HttpHostOptions } from '@leadhooks/core/conformance'
import express5, { type ErrorRequestHandler, type Express } from 'express'
import express4 from 'express4'
import { describe, expect, test } from 'vitest'
import { leadhooksExpress } from './leadhooks-express.ts'

async function listen(app: Express): Promise<HttpHost> {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

describe.each([
  { version: 4, express: express4 },
  { version: 5, express: express5 },
])('Express $version', ({ express }) => {
  const serve = ({ leadhooks, mount, parsesJson, authorize }: HttpHostOptions): Promise<HttpHost> => {
    const app = express()
    if (parsesJson) app.use(express.json())
    app.use(mount, leadhooksExpress(leadhooks, authorize && { authorize }))
    app.use((_, res) => void res.status(418).send('host'))
    return listen(app)
  }

  for (const { name, run } of httpConformance) test(name, () => run(serve))
})
