import type { Instruments, Metric } from '@leadhooks/core/metrics'
import type { Meter } from '@opentelemetry/api'

/** Metrics of a meter. Their attributes are the labels that they have in Prometheus. */
export function meterInstruments(meter: Meter): Instruments {
  return {
    counter(metric) {
      const counter = meter.createCounter(metric.name, optionsOf(metric))
      return (labels, count) => counter.add(count, labels)
    },
    histogram(metric, buckets) {
      const advice = { explicitBucketBoundaries: [...buckets] }
      const histogram = meter.createHistogram(metric.name, { ...optionsOf(metric), advice })
      return (labels, value) => histogram.record(value, labels)
    },
    gauge(metric, read) {
      const gauge = meter.createObservableGauge(metric.name, optionsOf(metric))
      gauge.addCallback(async (result) => {
        // What is not known is not reported.
        for (const { labels, value } of await read()) if (!Number.isNaN(value)) result.observe(value, labels)
      })
    },
  }
}

/** The unit that the name ends in, by its UCUM symbol. */
function optionsOf({ name, help }: Metric): { description: string; unit?: string } {
  return name.endsWith('_seconds') ? { description: help, unit: 's' } : { description: help }
}
