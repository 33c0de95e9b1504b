import { z } from 'zod'
import type { Context } from '../context.ts'
import { organizationId, parseInput } from '../input.ts'
import { usageIntervals } from '../model/api-key-usage.ts'
import { keptSince } from './period.ts'

/** So much goes into one transaction: none runs for long. */
const batch = 1000

/** Adds to the rollups what was settled since. */
export async function foldRollups(ctx: Context): Promise<void> {
  while ((await ctx.storage.foldRollups({ limit: batch })) === batch);
}

/** Removes rollups that are too old for their length; answers how many. */
export async function forgetRollups(ctx: Context): Promise<number> {
  const since = keptSince(ctx.clock.now())
  let forgotten = 0
  for (const interval of usageIntervals) {
    let count = batch
    while (count === batch) {
      count = await ctx.storage.forgetRollups({ interval, before: since[interval], limit: batch })
      forgotten += count
    }
  }
  return forgotten
}

const rebuildInput = z.strictObject({ organizationId })
export type RebuildInput = z.input<typeof rebuildInput>

/**
 * Makes the figures of an organization anew from its deliveries and attempts, as far as those are still there: once, after an
 * upgrade from a release that kept none. It reads them all: for millions, call it where nobody waits.
 */
export async function rebuildRollups(ctx: Context, input: RebuildInput): Promise<void> {
  const { organizationId } = parseInput(rebuildInput, input)
  await ctx.storage.rebuildRollups({ organizationId, keptSince: keptSince(ctx.clock.now()) })
}
