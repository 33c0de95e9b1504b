import type { Context } from '../context.ts'
import type { GivenUp } from '../storage/storage.ts'
import { observeGivenUp } from './observe-settlement.ts'
import { maxAgeMs } from './retry-schedule.ts'

const batch = 500

/** Gives up what has grown too old, waiting or held, in batches so that no statement runs long. */
export async function expireDeliveries(ctx: Context): Promise<void> {
  const limits = { limit: batch, defaultMaxAgeMs: maxAgeMs(ctx.settings.delivery.retry) }
  let expired: GivenUp[]
  do {
    expired = await ctx.storage.expireDeliveries({ ...limits, now: ctx.storageTime() })
    observeGivenUp(ctx, expired, 'expired')
  } while (expired.length === batch)
}
