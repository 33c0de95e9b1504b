import type { Context } from '../context.ts'
import type { UsageInterval } from '../model/api-key-usage.ts'

const dayMs = 86_400_000
const batch = 500

/** For how long counts are kept: the finer they are, the sooner nobody asks for them. */
const keptDays: Record<UsageInterval, number> = { minute: 2, hour: 90, day: 730 }

/** Removes old counts of uses, in batches so that no statement runs long; answers how many. */
export async function forgetUsage(ctx: Context): Promise<number> {
  let forgotten = 0
  for (const [interval, days] of Object.entries(keptDays) as [UsageInterval, number][]) {
    const before = new Date(ctx.clock.now() - days * dayMs)
    let count = batch
    while (count === batch) {
      count = await ctx.storage.forgetApiKeyUsage({ interval, before, limit: batch })
      forgotten += count
    }
  }
  return forgotten
}
