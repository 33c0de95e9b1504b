import { matchesFilter } from '../events/event-filter.ts'
import type { ClaimedDelivery, Settlement } from '../storage/storage.ts'

export interface Filtered {
  wanted: readonly ClaimedDelivery[]
  /** To be cancelled: the data of their events does not match. */
  leftOut: readonly ClaimedDelivery[]
}

/** Judged once, before the first request: a delivery that was tried stays, whatever the filter becomes. */
export function leaveOutFiltered(claimed: readonly ClaimedDelivery[]): Filtered {
  if (claimed.every(({ webhook }) => webhook.filter === null)) return { wanted: claimed, leftOut: [] }
  const wanted: ClaimedDelivery[] = []
  const leftOut: ClaimedDelivery[] = []
  for (const one of claimed) (isWanted(one) ? wanted : leftOut).push(one)
  return { wanted, leftOut }
}

export function filteredOut({ id, lease }: ClaimedDelivery): Settlement {
  return { id, lease, attempt: null, next: { status: 'cancelled', reason: 'filtered' } }
}

function isWanted({ attempt, webhook, event }: ClaimedDelivery): boolean {
  return webhook.filter === null || attempt > 1 || matchesFilter(webhook.filter, dataOf(event.body))
}

function dataOf(body: string): unknown {
  const { data }: { data: unknown } = JSON.parse(body)
  return data
}
