import type { DispatchOutcome, OpenSpan, TracedEvent } from '@leadhooks/core'
import { type Attributes, context, type Span, SpanKind, trace, type Tracer } from '@opentelemetry/api'
import { errorType, failed } from './failed-span.ts'
import { writeTraceparent } from './trace-headers.ts'

const operation = 'dispatch'

/** The span of one call that dispatches, of however many events: a `send` of the messaging conventions. */
export function startDispatch(tracer: Tracer, events: readonly TracedEvent[]): OpenSpan<DispatchOutcome> {
  const destination = only(events.map(({ type }) => type))
  const span = tracer.startSpan(destination === undefined ? operation : `${operation} ${destination}`, {
    kind: SpanKind.PRODUCER,
    attributes: attributesOf(events, destination),
  })
  const within = trace.setSpan(context.active(), span)
  return {
    traceparent: writeTraceparent(span.spanContext()),
    tracestate: span.spanContext().traceState?.serialize() || null,
    run: (work) => context.with(within, work),
    end: (outcome) => endDispatch(span, outcome),
  }
}

function attributesOf(events: readonly TracedEvent[], destination: string | undefined): Attributes {
  const organizationId = only(events.map((event) => event.organizationId))
  return {
    'messaging.system': 'leadhooks',
    'messaging.operation.name': operation,
    'messaging.operation.type': 'send',
    ...(destination !== undefined && { 'messaging.destination.name': destination }),
    ...(organizationId !== undefined && { 'leadhooks.organization.id': organizationId }),
    // A batch names no message.
    ...(events.length === 1
      ? { 'messaging.message.id': events[0]?.id ?? '' }
      : { 'messaging.batch.message_count': events.length }),
  }
}

function endDispatch(span: Span, outcome: DispatchOutcome): void {
  if ('error' in outcome) failed(span, errorType(outcome.error))
  else {
    const { inserted } = outcome
    span.setAttribute(
      'leadhooks.dispatch.deliveries',
      inserted.reduce((sum, { deliveries }) => sum + deliveries, 0),
    )
    const duplicates = inserted.filter(({ duplicate }) => duplicate).length
    if (duplicates > 0) span.setAttribute('leadhooks.dispatch.duplicates', duplicates)
  }
  span.end()
}

/** The value that all have; undefined where they differ, or there is none. */
function only(values: readonly string[]): string | undefined {
  const [first] = values
  return values.every((value) => value === first) ? first : undefined
}
