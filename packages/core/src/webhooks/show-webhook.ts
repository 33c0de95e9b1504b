import type { StoredWebhook, Webhook } from '../model/webhook.ts'

/** A webhook without its credentials: what callers and screens get to see. */
export function showWebhook(stored: StoredWebhook): Webhook {
  const {
    sealedSecret: _secret,
    sealedPreviousSecret: _previous,
    sealedPrivateKey: _privateKey,
    previousPublicKey: _previousPublicKey,
    sealedPreviousPrivateKey: _previousPrivateKey,
    sealedHeaders: _headers,
    sealedAuthentication: _authentication,
    sealedTls: _tls,
    organizationMaintenance: _organizationMaintenance,
    maxAgeMs: _maxAge,
    health: _health,
    ...webhook
  } = stored
  return webhook
}
