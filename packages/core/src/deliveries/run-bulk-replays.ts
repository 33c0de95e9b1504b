import { randomUUID } from 'node:crypto'
import type { Context } from '../context.ts'
import type { RunningReplay } from '../storage/storage.ts'
import { recurring } from './recurring.ts'

const intervalMs = 1000
/** Outlasts a slow step; a worker that dies is replaced soon after. */
const leaseMs = 15_000
/** How many are gone on with in each turn. */
const mostAtOnce = 100
/** How many events a recovery looks through in each turn, however few of them are missing. */
const lookThrough = 5000

/**
 * Goes on with bulk replays, each at its own rate: in every second one worker of all makes as many deliveries as it says. While
 * there is none, a worker only looks. The function it returns ends that.
 */
export function startBulkReplays(ctx: Context): () => Promise<void> {
  const duty = { name: 'bulk-replays', holder: randomUUID() }

  return recurring(ctx, 'bulk replays', intervalMs, async () => {
    const running = await ctx.storage.listRunningReplays({ limit: mostAtOnce })
    if (running.length === 0) return
    if (!(await ctx.storage.takeDuty({ ...duty, leaseMs, now: ctx.storageTime() }))) return
    for (const replay of running) await advance(ctx, replay)
    ctx.wake()
  })
}

/** One that cannot go on keeps no other waiting. */
async function advance(ctx: Context, { organizationId, id, perSecond: limit }: RunningReplay): Promise<void> {
  try {
    await ctx.storage.advanceBulkReplay({ organizationId, id, limit, lookThrough, now: ctx.storageTime() })
  } catch (error) {
    ctx.logger.error(
      { err: error, bulkReplayId: id },
      'A bulk replay could not go on; it will be tried again',
    )
  }
}
