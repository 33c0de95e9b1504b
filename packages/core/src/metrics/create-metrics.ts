import { LeadhooksError } from '../errors.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { Observer } from '../observation.ts'
import { boundedLabel } from './bounded-label.ts'
import { countObservations } from './count-observations.ts'
import type { Instruments } from './instruments.ts'
import { showBacklog } from './show-backlog.ts'

export interface MetricsOptions {
  /**
   * Counts by organization too, the first so many that are seen by their own name and all others as `(other)`: each of them is a time
   * series for every other label. @default 0, no such label
   */
  organizations?: number | undefined
  /** How often the database is asked at most what is waiting, in milliseconds. @default 15000 */
  backlogEveryMs?: number | undefined
}

export interface Metrics {
  /** For `observe` of `createLeadhooks`. */
  observe: Observer
  /** Adds what is waiting, and whether the process can do its work: read when somebody looks, and not more often than it may be. */
  watch(leadhooks: Pick<Leadhooks, 'health'>): void
}

/** How many event types get a label of their own: a host without a catalogue takes any. */
const mostEventTypes = 200

/** The metrics of Leadhooks, the same in whichever library. Throws `invalid_options` for a number that is none. */
export function createMetrics(instruments: Instruments, options: MetricsOptions): Metrics {
  const { organizations = 0, backlogEveryMs = 15_000 } = options
  checkCount('organizations', organizations)
  checkCount('backlogEveryMs', backlogEveryMs)
  const labels = {
    eventType: boundedLabel(mostEventTypes),
    organization: organizations === 0 ? undefined : boundedLabel(organizations),
  }
  return {
    observe: countObservations(instruments, labels),
    watch: ({ health }) => showBacklog(instruments, health, backlogEveryMs),
  }
}

function checkCount(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return
  throw new LeadhooksError(
    'invalid_options',
    `\`${name}\` must be a whole number from 0 up, got ${String(value)}`,
  )
}
