import { LeadhooksError } from '@leadhooks/core'
import { createMetrics, type Metrics, type MetricsOptions } from '@leadhooks/core/metrics'
import type { Registry } from 'prom-client'
import { prometheusInstruments } from './prometheus-instruments.ts'

export interface PrometheusMetricsOptions extends MetricsOptions {
  /** The registry of the host, which serves it. */
  register: Registry
}

export type PrometheusMetrics = Metrics

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
export function prometheusMetrics({ register, ...options }: PrometheusMetricsOptions): PrometheusMetrics {
  const metrics = naming(() => createMetrics(prometheusInstruments(register), options))
  return { observe: metrics.observe, watch: (leadhooks) => naming(() => metrics.watch(leadhooks)) }
}

/** prom-client names the metric that is there already. */
function naming<Result>(register: () => Result): Result {
  try {
    return register()
  } catch (cause) {
    if (cause instanceof LeadhooksError) throw cause
    const what = cause instanceof Error ? cause.message : String(cause)
    const message = `The metrics of Leadhooks cannot be registered: ${what} Register them once, or on a registry of their own`
    throw new LeadhooksError('invalid_options', message, { cause })
  }
}
