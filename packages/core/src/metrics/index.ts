// What the packages of metrics are written against.
export { createMetrics, type Metrics, type MetricsOptions } from './create-metrics.ts'
export type { GaugeValue, Instruments, Labels, Metric } from './instruments.ts'
