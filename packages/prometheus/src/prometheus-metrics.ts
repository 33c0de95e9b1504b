import { type Leadhooks, LeadhooksError, type Observer } from '@leadhooks/core'
import type { Registry } from 'prom-client'
import { boundedLabel } from './bounded-label.ts'
import { createCounters } from './counters.ts'
import { createGauges } from './gauges.ts'

export interface PrometheusMetricsOptions {
  /** The registry of the host, which serves it. */
  register: Registry
  /**
   * Counts by organization too, the first so many that are seen by their own name and all others as `(other)`: each of them is a time
   * series for every other label. @default 0, no such label
   */
  organizations?: number | undefined
  /** How often the database is asked at most what is waiting, in milliseconds. @default 15000 */
  backlogEveryMs?: number | undefined
}

export interface PrometheusMetrics {
  /** For `observe` of `createLeadhooks`. */
  observe: Observer
  /** Adds what is waiting, and whether the process can do its work: read when the registry is, and not more often than it may be. */
  watch(leadhooks: Pick<Leadhooks, 'health'>): void
}

/** How many event types get a label of their own: a host without a catalogue takes any. */
const mostEventTypes = 200

/**
 * Registers the metrics of Leadhooks. They are about this process, but for what is waiting, which all processes share.
 *
 * ```ts
 * const metrics = prometheusMetrics({ register })
 * const leadhooks = createLeadhooks({ …, observe: metrics.observe })
 * metrics.watch(leadhooks)
 * ```
 *
 * Throws `invalid_options` where the registry has a metric of one of their names.
 */
export function prometheusMetrics(options: PrometheusMetricsOptions): PrometheusMetrics {
  const { register, organizations = 0, backlogEveryMs = 15_000 } = options
  checkCount('organizations', organizations)
  checkCount('backlogEveryMs', backlogEveryMs)
  const labels = {
    eventType: boundedLabel(mostEventTypes),
    organization: organizations === 0 ? undefined : boundedLabel(organizations),
  }
  const observe = naming(() => createCounters(register, labels))
  return {
    observe,
    watch: ({ health }) => naming(() => createGauges(register, health, backlogEveryMs)),
  }
}

function checkCount(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return
  throw new LeadhooksError(
    'invalid_options',
    `\`${name}\` must be a whole number from 0 up, got ${String(value)}`,
  )
}

/** prom-client names the metric that is there already. */
function naming<Result>(register: () => Result): Result {
  try {
    return register()
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause)
    const message = `The metrics of Leadhooks cannot be registered: ${what} Register them once, or on a registry of their own`
    throw new LeadhooksError('invalid_options', message, { cause })
  }
}
