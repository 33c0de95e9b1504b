import { verifyWebhook } from '@leadhooks/verify-signature/fastify'
import fastify, { type FastifyInstance } from 'fastify'
import type { ReceiverOptions } from './receiver.ts'

export function fastifyReceiver({ secret, inbox }: ReceiverOptions): FastifyInstance {
  const app = fastify()
  app.post('/webhooks', verifyWebhook({ secret: [...secret] }), async (request, reply) => {
    inbox.take(request.webhook)
    return reply.code(204).send()
  })
  return app
}
