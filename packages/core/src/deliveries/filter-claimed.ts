import { setImmediate } from 'node:timers/promises'
import { matchesFilter } from '../events/event-filter.ts'
import type { ClaimedDelivery, Settlement } from '../storage/storage.ts'

export interface Filtered {
  wanted: readonly ClaimedDelivery[]
  /** To be cancelled: the data of their events does not match. */
  leftOut: readonly ClaimedDelivery[]
}

/** What the body of a delivery's event holds. */
export type ReadData = (claimed: ClaimedDelivery) => unknown

/** So many characters are read in one go; then requests and answers have their turn. */
const charactersAtOnce = 16_384

/** Judged once, before anything is made of it or sent: a delivery that was tried stays, whatever the filter becomes. */
export async function filterClaimed(
  claimed: readonly ClaimedDelivery[],
  readData: ReadData,
): Promise<Filtered> {
  const wanted: ClaimedDelivery[] = []
  const leftOut: ClaimedDelivery[] = []
  let characters = 0
  for (const one of claimed) {
    if (isWanted(one, readData)) wanted.push(one)
    else leftOut.push(one)
    characters += one.event.body.length
    if (characters < charactersAtOnce) continue
    characters = 0
    await setImmediate()
  }
  return { wanted, leftOut }
}

export function filteredOut({ id, lease }: ClaimedDelivery): Settlement {
  return { id, lease, attempt: null, next: { status: 'cancelled', reason: 'filtered' } }
}

/** However many webhooks of a claim have a filter, each event is parsed once for them. */
export function readDataOnce(): ReadData {
  const known = new Map<string, unknown>()
  return ({ organizationId, event: { id, body } }) => {
    const key = `${organizationId} ${id}`
    if (!known.has(key)) known.set(key, dataOf(body))
    return known.get(key)
  }
}

function isWanted(claimed: ClaimedDelivery, readData: ReadData): boolean {
  const { attempt, shapedAs, webhook } = claimed
  if (webhook.filter === null || attempt > 1 || shapedAs !== null) return true
  return matchesFilter(webhook.filter, readData(claimed))
}

function dataOf(body: string): unknown {
  const { data }: { data: unknown } = JSON.parse(body)
  return data
}
