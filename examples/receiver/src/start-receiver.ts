import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { ReceiverOptions } from './receiver.ts'
import { expressReceiver } from './with-express.ts'
import { fastifyReceiver } from './with-fastify.ts'
import { honoReceiver } from './with-hono.ts'
import { nextReceiver } from './with-next.ts'

export const frameworks = ['express', 'fastify', 'hono', 'next'] as const
export type Framework = (typeof frameworks)[number]

/** Serves `POST /webhooks` by the framework of that name. */
export async function startReceiver(
  framework: Framework,
  options: ReceiverOptions,
  port: number,
): Promise<Server> {
  const server = await servers[framework](options)
  server.listen(port)
  await once(server, 'listening')
  return server
}

const servers: Record<Framework, (options: ReceiverOptions) => Server | Promise<Server>> = {
  express: (options) => createServer(expressReceiver(options)),
  async fastify(options) {
    const app = fastifyReceiver(options)
    await app.ready()
    return createServer((request, response) => app.routing(request, response))
  },
  hono: (options) => serve(honoReceiver(options).fetch),
  next(options) {
    const { POST } = nextReceiver(options)
    // Next.js finds the handler by its file: here something has to stand in for that.
    return serve((request) =>
      new URL(request.url).pathname === '/webhooks' ? POST(request) : new Response(null, { status: 404 }),
    )
  },
}

function serve(fetch: (request: Request) => Response | Promise<Response>): Server {
  return createAdaptorServer({ fetch }) as Server
}
