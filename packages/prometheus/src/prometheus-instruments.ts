import type { Instruments } from '@leadhooks/core/metrics'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Metrics on a registry of prom-client. */
export function prometheusInstruments(register: Registry): Instruments {
  const registers = [register]
  return {
    counter(metric) {
      const counter = new Counter({ ...metric, registers })
      return (labels, count) => counter.inc(labels, count)
    },
    histogram(metric, buckets) {
      const histogram = new Histogram({ ...metric, buckets: [...buckets], registers })
      return (labels, value) => histogram.observe(labels, value)
    },
    gauge(metric, read) {
      const gauge = new Gauge({
        ...metric,
        registers,
        async collect() {
          for (const { labels, value } of await read()) gauge.set(labels, value)
        },
      })
    },
  }
}
