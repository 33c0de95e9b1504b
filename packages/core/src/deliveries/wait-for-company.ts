import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'

/** Has a webhook wait until there may be enough of its deliveries for a request: no claim brings them before then. */
export async function waitForCompany(
  ctx: Context,
  webhook: StoredWebhook,
  { now, until }: { now: number; until: number },
): Promise<void> {
  await ctx.storage.updateWebhook(webhook, ({ batch, enabled, waitsUntil }) => {
    // It was changed meanwhile, or told to wait for something else: that holds.
    const isOtherwise = batch === null || !enabled || (waitsUntil !== null && waitsUntil.getTime() > now)
    return isOtherwise ? null : { waitsUntil: new Date(until), waitsFor: 'batching' }
  })
}
