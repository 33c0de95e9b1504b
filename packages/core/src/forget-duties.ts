import type { Context } from './context.ts'

const batch = 500

/** Forgets duties that nobody has any more: which alerts were sent, when their quiet period is over. */
export async function forgetDuties(ctx: Context): Promise<void> {
  while ((await ctx.storage.forgetDuties({ limit: batch, now: ctx.storageTime() })) === batch);
}
