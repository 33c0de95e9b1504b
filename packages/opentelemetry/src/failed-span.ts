import { isLeadhooksError } from '@leadhooks/core'
import { type Span, SpanStatusCode } from '@opentelemetry/api'

/** Marks a span as failed, with a kind of failure of which there are few. Messages stay out of it: they can hold what nobody should see. */
export function failed(span: Span, type: string): void {
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

export function errorType(error: unknown): string {
  if (isLeadhooksError(error)) return error.code
  return error instanceof Error ? error.name : '_OTHER'
}
