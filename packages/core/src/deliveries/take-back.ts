import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { isRationed, takeBack } from '../webhooks/admission.ts'

/**
 * Gives webhooks back what deliveries took that were let through and are not sent: the place of a throttle, or to be the probe of a
 * circuit. Else each that waits too long would slow its webhook down.
 */
export async function takeBackUnsent(ctx: Context, unsent: readonly ClaimedDelivery[]): Promise<void> {
  const counts = new Map<StoredWebhook, number>()
  for (const { webhook } of unsent)
    if (isRationed(webhook)) counts.set(webhook, (counts.get(webhook) ?? 0) + 1)
  await Promise.all([...counts].map(async ([webhook, count]) => takeBackFrom(ctx, webhook, count)))
}

async function takeBackFrom(ctx: Context, webhook: StoredWebhook, count: number): Promise<void> {
  try {
    await ctx.storage.updateWebhook(webhook, (current) => takeBack(current, count, ctx.clock.now()))
  } catch (error) {
    ctx.logger.warn(
      { err: error, webhookId: webhook.id },
      'A webhook counts deliveries as sent that were not; it makes up for them in time',
    )
  }
}
