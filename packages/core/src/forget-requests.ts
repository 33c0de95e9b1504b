import type { Context } from './context.ts'

const batch = 500

/** Forgets what requests with an `Idempotency-Key` were answered, when its time is over. */
export async function forgetRequests(ctx: Context): Promise<void> {
  let forgotten: number
  do {
    forgotten = await ctx.storage.forgetRequests({ limit: batch, now: ctx.storageTime() })
  } while (forgotten === batch)
}
