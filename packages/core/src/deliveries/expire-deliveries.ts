import type { Context } from '../context.ts'

const batch = 500

/** Gives up what has grown too old, waiting or held, in batches so that no statement runs long. */
export async function expireDeliveries(ctx: Context): Promise<void> {
  let expired: number
  do expired = await ctx.storage.expireDeliveries({ limit: batch, now: ctx.storageTime() })
  while (expired === batch)
}
