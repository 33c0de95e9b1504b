import type { BatchSettings } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { isShort } from './pack-batches.ts'
import type { Shaped } from './shape-claimed.ts'

/** So many deliveries are claimed at once, */
const mostAtOnce = 100
/** and so many times in a row: where a filter leaves nearly all of them out, other webhooks have their turn meanwhile. */
const mostClaims = 10

export interface GatherOptions {
  claimMore: (limit: number) => Promise<readonly ClaimedDelivery[]>
  judge: (claimed: readonly ClaimedDelivery[]) => Promise<Shaped>
}

export interface Gathered extends Shaped {
  /** Nothing else is due. */
  isAll: boolean
}

/** Claims what else is due of a webhook, until there is enough of it for a request. */
export async function gatherBatch(
  claimed: readonly ClaimedDelivery[],
  settings: BatchSettings,
  { claimMore, judge }: GatherOptions,
): Promise<Gathered> {
  let gathered = await judge(claimed)
  for (let claims = 0; claims < mostClaims && isShort(gathered.ready, settings); claims++) {
    // Where some are left out, more have to be looked at to find as many as are wanted.
    const times = gathered.settled.length === 0 ? 1 : 2 ** claims
    const limit = Math.min(times * (settings.maxEvents - gathered.ready.length), mostAtOnce)
    const more = await claimMore(limit)
    if (more.length > 0) gathered = together(gathered, await judge(more))
    if (more.length < limit) return { ...gathered, isAll: true }
  }
  return { ...gathered, isAll: false }
}

function together(a: Shaped, b: Shaped): Shaped {
  return {
    ready: [...a.ready, ...b.ready],
    settled: [...a.settled, ...b.settled],
    lost: [...a.lost, ...b.lost],
  }
}
