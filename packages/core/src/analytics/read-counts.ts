import type { Context } from '../context.ts'
import type { Counts, Rollup } from '../model/rollup.ts'
import { addCounts, emptyCounts } from '../rollups/counts.ts'
import type { RollupQuery } from '../storage/storage.ts'
import { type Periods, spansOf } from './period.ts'

/** Counts of a period and of the one before it. */
export interface CountsBeside {
  current: Counts
  previous: Counts
}

type Question = Omit<RollupQuery, 'spans'>

/** Both periods by one statement, each by what `keyOf` makes of a rollup. */
export async function readCountsBy(
  { storage }: Context,
  { from, to, previous }: Periods,
  question: Question,
  keyOf: (rollup: Rollup) => string | null,
): Promise<Map<string, CountsBeside>> {
  const spans = [
    ...spansOf(previous.from.getTime(), previous.to.getTime()),
    ...spansOf(from.getTime(), to.getTime()),
  ]
  const sums = new Map<string, CountsBeside>()
  for (const rollup of await storage.readRollups({ ...question, spans })) {
    const key = keyOf(rollup) ?? ''
    const sum = sums.get(key) ?? noCounts()
    sums.set(key, sum)
    addCounts(rollup.startsAt < from ? sum.previous : sum.current, rollup.counts)
  }
  return sums
}

/** Both periods, all together. */
export async function readCounts(ctx: Context, periods: Periods, question: Question): Promise<CountsBeside> {
  return (await readCountsBy(ctx, periods, question, () => null)).get('') ?? noCounts()
}

export function noCounts(): CountsBeside {
  return { current: emptyCounts(), previous: emptyCounts() }
}

/** Of one webhook, or of all of them. */
export function questionOf({
  organizationId,
  webhookId,
  eventType,
}: {
  organizationId: string
  webhookId?: string | undefined
  eventType?: string | undefined
}): Question {
  return { organizationId, eventType, ...(webhookId !== undefined && { webhookIds: [webhookId] }) }
}
