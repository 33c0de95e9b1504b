import { verifyWebhook } from '@leadhooks/verify-signature/express'
import express, { type Express } from 'express'
import type { ReceiverOptions } from './receiver.ts'

export function expressReceiver({ secret, inbox }: ReceiverOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  // Before express.json(): the signature covers the bytes as they came.
  app.post('/webhooks', verifyWebhook({ secret: [...secret] }), (req, res) => {
    inbox.take(req.webhook)
    res.sendStatus(204)
  })
  app.use(express.json())
  return app
}
