import type { StoredWebhook, Webhook } from '../model/webhook.ts'

/** A webhook without its credentials: what callers and screens get to see. */
export function showWebhook(stored: StoredWebhook): Webhook {
  const { sealedSecret: _secret, sealedHeaders: _headers, maxAgeMs: _maxAge, ...webhook } = stored
  return webhook
}
