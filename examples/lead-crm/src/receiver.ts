import type { WebhookEvent } from '@leadhooks/verify-signature'
import { verifyWebhook } from '@leadhooks/verify-signature/express'
import express, { type Express, type RequestHandler } from 'express'

export interface ReceiverOptions {
  /** The secret of each webhook, as it was shown when the webhook was made. */
  secrets: { healthy: string; flaky: string; broken: string }
  /** Told of every request whose signature is good. */
  onVerified: (path: string, event: WebhookEvent) => void
}

/** A customer's server: three routes that receive webhooks, two of them with troubles. */
export function createReceiver({ secrets, onVerified }: ReceiverOptions): {
  app: Express
  repair: () => void
} {
  let isBroken = true
  const accept: RequestHandler = (req, res) => {
    onVerified(req.path, req.webhook)
    res.sendStatus(200)
  }

  const app = express()
  app.disable('x-powered-by')
  app.post('/healthy', verifyWebhook({ secret: secrets.healthy }), accept)
  app.post('/flaky', failTwice(), verifyWebhook({ secret: secrets.flaky }), accept)
  app.post(
    '/broken',
    failWhile(() => isBroken),
    verifyWebhook({ secret: secrets.broken }),
    accept,
  )
  return {
    app,
    repair() {
      isBroken = false
    },
  }
}

/** Too busy for the first two attempts of each event. */
function failTwice(): RequestHandler {
  const attempts = new Map<string, number>()
  return (req, res, next) => {
    const id = req.get('webhook-id') ?? ''
    const attempt = (attempts.get(id) ?? 0) + 1
    attempts.set(id, attempt)
    if (attempt > 2) next()
    else res.sendStatus(503)
  }
}

function failWhile(isBroken: () => boolean): RequestHandler {
  return (_req, res, next) => {
    if (isBroken()) res.sendStatus(500)
    else next()
  }
}
