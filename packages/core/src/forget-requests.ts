import type { Context } from './context.ts'

const batch = 500

/** Forgets what requests with an `Idempotency-Key` were answered, when its time is over; answers how many. */
export async function forgetRequests(ctx: Context): Promise<number> {
  let forgotten = 0
  let count = batch
  while (count === batch) {
    count = await ctx.storage.forgetRequests({ limit: batch, now: ctx.storageTime() })
    forgotten += count
  }
  return forgotten
}
