import { verifyWebhook } from '@leadhooks/verify-signature/fetch'
import { Hono } from 'hono'
import type { ReceiverOptions } from './receiver.ts'

export function honoReceiver({ secret, inbox }: ReceiverOptions): Hono {
  const receive = verifyWebhook({ secret: [...secret] }, async (event) => {
    inbox.take(event)
    return new Response(null, { status: 204 })
  })
  const app = new Hono()
  app.post('/webhooks', (c) => receive(c.req.raw))
  return app
}
