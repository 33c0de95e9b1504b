import { createMetrics, type Metrics, type MetricsOptions } from '@leadhooks/core/metrics'
import { metrics, type MeterProvider } from '@opentelemetry/api'
import { meterInstruments } from './meter-instruments.ts'
import { scopeName } from './scope-name.ts'

export interface OpenTelemetryMetricsOptions extends MetricsOptions {
  /** Makes the meter. @default the one that the host has registered */
  meterProvider?: MeterProvider | undefined
}

/**
 * The metrics of Leadhooks, by the names that `@leadhooks/prometheus` gives them, so that its dashboard and its alerts work with either.
 *
 * ```ts
 * const metrics = openTelemetryMetrics()
 * const leadhooks = createLeadhooks({ …, observe: metrics.observe })
 * metrics.watch(leadhooks)
 * ```
 *
 * Call it after the SDK has started: what a meter was asked for before then is not exported. Throws `invalid_options` for a number that
 * is none.
 */
export function openTelemetryMetrics(options: OpenTelemetryMetricsOptions = {}): Metrics {
  const { meterProvider = metrics.getMeterProvider(), ...others } = options
  return createMetrics(meterInstruments(meterProvider.getMeter(scopeName)), others)
}
