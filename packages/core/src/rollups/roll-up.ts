import { startOfInterval } from '../api-keys/usage-intervals.ts'
import { usageIntervals } from '../model/api-key-usage.ts'
import type { Counts, Rollup, SettledFacts } from '../model/rollup.ts'
import type { RollupQuery } from '../storage/storage.ts'
import { addCounts, emptyCounts } from './counts.ts'
import { countFacts } from './settled-facts.ts'

/** Sums of facts: by organization, webhook and event type, and within that by minute. */
export class FactSums {
  readonly #sums = new Map<
    string,
    Omit<SettledFacts, 'settledAt' | 'facts'> & { minutes: Map<number, Counts> }
  >()

  /** Throws for facts that nobody here has written. */
  add({ organizationId, webhookId, eventType, settledAt, facts }: SettledFacts): void {
    const key = JSON.stringify([organizationId, webhookId, eventType])
    const known = this.#sums.get(key)
    const minutes = countFacts({ settledAt, facts }, known?.minutes)
    if (known === undefined) this.#sums.set(key, { organizationId, webhookId, eventType, minutes })
  }

  /**
   * The rollups that they make: by minute, hour and day, and in each for the webhook and event type, for the webhook, for the event
   * type, and for all together, so that whoever asks for one of these reads no others.
   */
  rollups(): Rollup[] {
    const rollups = new Map<string, Rollup>()
    for (const { organizationId, webhookId, eventType, minutes } of this.#sums.values())
      for (const [minute, counts] of minutes)
        for (const interval of usageIntervals)
          for (const slice of slicesOf(webhookId, eventType)) {
            const startsAt = startOfInterval(interval, minute)
            addRollup(rollups, { organizationId, interval, startsAt, ...slice, counts })
          }
    return [...rollups.values()]
  }
}

function slicesOf(webhookId: string, eventType: string): Pick<Rollup, 'webhookId' | 'eventType'>[] {
  return [
    { webhookId, eventType },
    { webhookId, eventType: null },
    { webhookId: null, eventType },
    { webhookId: null, eventType: null },
  ]
}

/** Adds a rollup to the one of the same place, if there is one. */
export function addRollup(rollups: Map<string, Rollup>, rollup: Rollup): void {
  const key = rollupKey(rollup)
  const known = rollups.get(key)
  if (known === undefined) rollups.set(key, { ...rollup, counts: addCounts(emptyCounts(), rollup.counts) })
  else addCounts(known.counts, rollup.counts)
}

export function rollupKey({ organizationId, interval, webhookId, eventType, startsAt }: Rollup): string {
  return JSON.stringify([organizationId, interval, webhookId, eventType, startsAt.getTime()])
}

/** What a query is to be told of facts that are in no rollup yet. Throws for facts that nobody here has written. */
export function rollupsOfFacts(query: RollupQuery, facts: SettledFacts): Rollup[] {
  const { organizationId } = facts
  const webhookId = query.webhookIds === undefined ? null : facts.webhookId
  const eventType = query.eventType === undefined && query.eachEventType !== true ? null : facts.eventType
  return [...countFacts(facts)].flatMap(([minute, counts]): Rollup[] => {
    const span = query.spans.find(({ from, to }) => from.getTime() <= minute && minute < to.getTime())
    if (span === undefined) return []
    const startsAt = startOfInterval(span.interval, minute)
    return [{ organizationId, interval: span.interval, startsAt, webhookId, eventType, counts }]
  })
}
