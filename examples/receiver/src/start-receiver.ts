import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
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
  const server = await serverOf(framework, options)
  server.listen(port)
  await once(server, 'listening')
  return server
}

async function serverOf(framework: Framework, options: ReceiverOptions): Promise<Server> {
  switch (framework) {
    case 'express':
      return createServer(expressReceiver(options))
    case 'fastify': {
      const app = fastifyReceiver(options)
      await app.ready()
      return createServer((request, response) => app.routing(request, response))
    }
    case 'hono':
      return createServer(getRequestListener(honoReceiver(options).fetch))
    case 'next': {
      // Next.js routes to the handler by its file; here something has to stand in for that.
      const { POST } = nextReceiver(options)
      return createServer(
        getRequestListener((request) =>
          new URL(request.url).pathname === '/webhooks' ? POST(request) : new Response(null, { status: 404 }),
        ),
      )
    }
  }
}
