/** Names and values of what tells one series of a metric from another. */
export type Labels = Record<string, string>

export interface Metric {
  /** `leadhooks_delivery_duration_seconds`: by the conventions of Prometheus, with its unit at the end. */
  name: string
  help: string
  labelNames: readonly string[]
}

/** One value of a gauge; NaN where it is not known. */
export interface GaugeValue {
  labels: Labels
  value: number
}

/** What a library of metrics makes of them. */
export interface Instruments {
  /** Answers what adds to it. */
  counter(metric: Metric): (labels: Labels, count: number) => void
  /** Answers what notes a value. `buckets`: their upper bounds. */
  histogram(metric: Metric, buckets: readonly number[]): (labels: Labels, value: number) => void
  /** `read` is called when somebody looks, and never rejects. */
  gauge(metric: Metric, read: () => Promise<readonly GaugeValue[]>): void
}
