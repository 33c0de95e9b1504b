export { openTelemetryMetrics, type OpenTelemetryMetricsOptions } from './opentelemetry-metrics.ts'
export { openTelemetryTracing, type OpenTelemetryTracingOptions } from './opentelemetry-tracing.ts'
