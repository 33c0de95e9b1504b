import type { Context } from '../context.ts'
import { givenUpChange, settledChange } from '../live/delivery-change.ts'
import type { ClaimedDelivery, GivenUp, Settlement } from '../storage/storage.ts'

/** Tells the host's observer what came of an attempt. */
export function observeSettlement(
  ctx: Context,
  claimed: ClaimedDelivery,
  settlement: Settlement,
  written: boolean,
): void {
  const { organizationId, webhook, event } = claimed
  if (written && ctx.changes.isWatched(organizationId))
    ctx.changes.note(organizationId, settledChange(claimed, settlement, ctx.clock.now()))
  if (ctx.observe === undefined) return
  const { attempt, next } = settlement
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
    createdAt: claimed.createdAt,
    attempt,
    status: next.status,
    reason: 'reason' in next ? next.reason : null,
    retryInMs: next.status === 'retrying' ? next.delayMs : null,
    superseded: !written,
  })
  if (next.status === 'dead_letter' && written)
    ctx.observe({ type: 'delivery.dead_lettered', ...subject, reason: next.reason })
}

/** Tells it of what was given up without an attempt. */
export function observeGivenUp(
  ctx: Context,
  deliveries: readonly GivenUp[],
  reason: 'expired' | 'worker_crash',
): void {
  for (const given of deliveries) {
    const { id: deliveryId, organizationId, webhookId, eventId, eventType } = given
    if (ctx.changes.isWatched(organizationId))
      ctx.changes.note(organizationId, givenUpChange(given, reason, ctx.clock.now()))
    ctx.observe?.({
      type: 'delivery.dead_lettered',
      organizationId,
      webhookId,
      eventId,
      eventType,
      deliveryId,
      reason,
    })
  }
}
