import type { Tracing } from '@leadhooks/core'
import { trace, type TracerProvider } from '@opentelemetry/api'
import { startAttempt } from './attempt-span.ts'
import { startDispatch } from './dispatch-span.ts'
import { scopeName } from './scope-name.ts'

export interface OpenTelemetryTracingOptions {
  /** Makes the tracer. @default the one that the host has registered */
  tracerProvider?: TracerProvider | undefined
}

/**
 * Spans of dispatches and attempts: a producer span for each call that dispatches, within whatever the host is just doing, and a client
 * span for each request to a webhook, in a trace of its own that is linked to the dispatch, whichever process that was in.
 *
 * ```ts
 * const leadhooks = createLeadhooks({ …, tracing: openTelemetryTracing() })
 * ```
 *
 * Their attributes are those of the semantic conventions 1.45 (https://opentelemetry.io/docs/specs/semconv/).
 */
export function openTelemetryTracing(options: OpenTelemetryTracingOptions = {}): Tracing {
  const { tracerProvider = trace.getTracerProvider() } = options
  const tracer = tracerProvider.getTracer(scopeName)
  return {
    startDispatch: (events) => startDispatch(tracer, events),
    startAttempt: (attempt) => startAttempt(tracer, attempt),
  }
}
