import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createLeadhooks, defineEvents, type FetchOptions, type Leadhooks } from '@leadhooks/core'
import { sendResponse, toRequest } from '@leadhooks/core/node-http'
import { type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { sqliteStorage } from '@leadhooks/sqlite'
import { z } from 'zod'

export interface Host {
  origin: string
  close(): Promise<void>
}

/** Listens on a port of its own. */
export async function serve(listener: RequestListener): Promise<Host> {
  const server = createServer(listener).listen(0, '127.0.0.1')
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

/** The management API at `/api/v1` of a real server, on SQLite, with a receiver of webhooks beside it. */
export interface ApiHost extends Host {
  baseUrl: string
  leadhooks: Leadhooks
  /** An administrator's, of the organization `acme`. */
  apiKey: string
  receiver: ScriptedReceiver
  /** The headers of every request that came. */
  seen: IncomingHttpHeaders[]
}

const events = defineEvents({
  new_lead: { schema: z.object({ id: z.string() }), example: { id: 'lead_1' } },
})

export async function startApiHost(options: FetchOptions = {}): Promise<ApiHost> {
  const leadhooks = createLeadhooks({
    storage: sqliteStorage({ path: ':memory:' }),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
    events,
  }) as unknown as Leadhooks
  await leadhooks.migrate()
  const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'Admin', role: 'admin' })
  const seen: IncomingHttpHeaders[] = []
  const host = await serve((incoming, outgoing) => {
    seen.push(incoming.headers)
    void leadhooks
      .fetch(toRequest(incoming, outgoing), { basePath: '/api/v1', ...options })
      .then((response) => sendResponse(response, outgoing))
  })
  const receiver = await startReceiver()

  async function close(): Promise<void> {
    await host.close()
    await receiver.close()
    await leadhooks.close()
  }
  return { ...host, baseUrl: `${host.origin}/api/v1`, leadhooks, apiKey: token, receiver, seen, close }
}
