import type { Context } from '../context.ts'
import type { ClaimedDelivery, Settlement } from '../storage/storage.ts'

/** Tells the host's observer what came of an attempt. */
export function observeSettlement(
  ctx: Context,
  claimed: ClaimedDelivery,
  { attempt, next, disableWebhook }: Settlement,
  written: boolean,
): void {
  if (ctx.observe === undefined) return
  const { organizationId, webhook, event } = claimed
  const subject = {
    organizationId,
    webhookId: webhook.id,
    eventId: event.id,
    eventType: event.type,
    deliveryId: claimed.id,
  }
  ctx.observe({
    type: 'delivery.settled',
    ...subject,
    attempt,
    status: next.status,
    reason: 'reason' in next ? next.reason : null,
    retryInMs: next.status === 'retrying' ? next.delayMs : null,
    superseded: !written,
  })
  if (next.status === 'dead_letter' && written)
    ctx.observe({ type: 'delivery.dead_lettered', ...subject, reason: next.reason })
  if (disableWebhook === 'gone' && written) {
    ctx.observe({ type: 'webhook.disabled', organizationId, webhookId: webhook.id, reason: 'gone' })
  }
}
