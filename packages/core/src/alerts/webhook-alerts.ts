import { createSigner } from '@leadhooks/verify-signature'
import type { AlertChannel } from './alert-channel.ts'
import { checkAlertUrl } from './alert-url.ts'
import type { Alert } from './alert.ts'
import { postAlert } from './post-alert.ts'

export interface WebhookAlertsOptions {
  url: string
  /** What requests are signed with by Standard Webhooks: `whsec_…`. `verifySignature` checks it. */
  secret: string
}

/**
 * Alerts as signed requests to a URL of the host's own: an event `{ id, event, timestamp, data }` like any other. Throws
 * `invalid_options` for a URL that is none, and a `SignatureError` for such a secret.
 */
export function webhookAlerts({ url, secret }: WebhookAlertsOptions): AlertChannel {
  checkAlertUrl('webhookAlerts: `url`', url)
  const sign = createSigner(secret)
  return (alert) => {
    const body = bodyOf(alert)
    const timestamp = Math.floor(Date.now() / 1000)
    return postAlert(url, body, {
      'webhook-id': alert.id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': sign(alert.id, timestamp, body),
    })
  }
}

function bodyOf({ id, type, at, ...alert }: Alert): string {
  return JSON.stringify({ id, event: type, timestamp: at, data: alert })
}
