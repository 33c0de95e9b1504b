import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ThrottleDraw } from '../storage/storage.ts'
import { takeProbeBack } from '../webhooks/admission.ts'
import type { Parcel } from './batch.ts'

/**
 * Gives webhooks back what deliveries took that were let through and are not sent: the place of a throttle, or to be the probe of a
 * circuit. Else each that waits too long would slow its webhook down. Several that go by one request took one.
 */
export async function takeBackUnsent(ctx: Context, unsent: readonly Parcel[]): Promise<void> {
  const counts = new Map<StoredWebhook, number>()
  for (const { webhook } of unsent) counts.set(webhook, (counts.get(webhook) ?? 0) + 1)
  const probed = [...counts.keys()].filter(({ circuitState }) => circuitState !== 'closed')
  await Promise.all([...probed.map(async (webhook) => takeBackProbe(ctx, webhook)), refill(ctx, counts)])
}

async function takeBackProbe(ctx: Context, webhook: StoredWebhook): Promise<void> {
  try {
    await ctx.storage.updateWebhook(webhook, (current) => takeProbeBack(current, ctx.clock.now()))
  } catch (error) {
    warn(ctx, error, [webhook.id])
  }
}

/** One webhook may be here as it was at several claims. */
async function refill(ctx: Context, counts: ReadonlyMap<StoredWebhook, number>): Promise<void> {
  const draws = new Map<string, ThrottleDraw>()
  for (const [{ organizationId, id, circuitState, throttle }, count] of counts) {
    if (circuitState !== 'closed' || throttle === null) continue
    const wanted = (draws.get(id)?.wanted ?? 0) - count
    draws.set(id, { organizationId, id, wanted })
  }
  if (draws.size === 0) return
  try {
    await ctx.storage.drawFromThrottles([...draws.values()], { now: ctx.storageTime() })
  } catch (error) {
    warn(ctx, error, [...draws.keys()])
  }
}

function warn(ctx: Context, error: unknown, webhookIds: readonly string[]): void {
  ctx.logger.warn(
    { err: error, webhookIds },
    'Webhooks count deliveries as sent that were not; they make up for them in time',
  )
}
