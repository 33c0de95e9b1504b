import { isSpanContextValid, type SpanContext } from '@opentelemetry/api'

const traceparentForm = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** A span as W3C Trace Context writes it (https://www.w3.org/TR/trace-context/); null where nobody records or passes on any. */
export function writeTraceparent(context: SpanContext): string | null {
  if (!isSpanContextValid(context)) return null
  const flags = context.traceFlags.toString(16).padStart(2, '0')
  return `00-${context.traceId}-${context.spanId}-${flags}`
}

/** The span that was written; null where it is none. */
export function readTraceparent(traceparent: string | null): SpanContext | null {
  const [, traceId = '', spanId = '', flags = ''] = traceparentForm.exec(traceparent ?? '') ?? []
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return isSpanContextValid(context) ? context : null
}
