import type { Context } from '../context.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import type { BodyKeeper } from './body-keeper.ts'
import { filterClaimed, filteredOut, type ReadData } from './filter-claimed.ts'
import { type Shaped, shapeClaimed } from './shape-claimed.ts'

export interface JudgeOptions {
  readData: ReadData
  keeper: BodyKeeper
}

/** Of deliveries of one webhook, those that its filter wants, shaped as it has it. */
export async function judgeClaimed(
  ctx: Context,
  claimed: readonly ClaimedDelivery[],
  { readData, keeper }: JudgeOptions,
): Promise<Shaped> {
  const { wanted, leftOut } = await filterClaimed(claimed, readData)
  const { ready, settled, lost } = await shapeClaimed(ctx, wanted, keeper)
  const cancelled = leftOut.map((one) => ({ claimed: one, settlement: filteredOut(one) }))
  return { ready, settled: [...cancelled, ...settled], lost }
}
