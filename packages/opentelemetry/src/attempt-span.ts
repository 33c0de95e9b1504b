import type { OpenSpan, TracedAttempt, TracedOutcome } from '@leadhooks/core'
import {
  type Attributes,
  context,
  createContextKey,
  type Span,
  SpanKind,
  trace,
  type Tracer,
} from '@opentelemetry/api'
import { failed } from './failed-span.ts'
import { readTraceparent, writeTraceparent } from './trace-headers.ts'

/**
 * The key of `suppressTracing` in `@opentelemetry/core`, which keeps instrumentations still. That of undici would make a second span of the
 * request, and send `traceparent` to receivers that have not asked for it.
 */
const suppressed = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/**
 * The span of one request, by the conventions of HTTP clients. It begins a trace of its own, linked to the dispatch: that may be hours
 * old, and has been over since then.
 */
export function startAttempt(tracer: Tracer, attempt: TracedAttempt): OpenSpan<TracedOutcome> {
  const dispatch = readTraceparent(attempt.event.traceparent)
  const span = tracer.startSpan('POST', {
    kind: SpanKind.CLIENT,
    root: true,
    attributes: attributesOf(attempt),
    links: dispatch === null ? [] : [{ context: dispatch }],
  })
  const within = trace.setSpan(context.active(), span).setValue(suppressed, true)
  return {
    traceparent: writeTraceparent(span.spanContext()),
    tracestate: span.spanContext().traceState?.serialize() || null,
    run: (work) => context.with(within, work),
    end: (outcome) => endAttempt(span, outcome),
  }
}

function attributesOf(attempt: TracedAttempt): Attributes {
  const { organizationId, webhookId, deliveryId, event, number, url } = attempt
  return {
    'http.request.method': 'POST',
    'server.address': url.hostname.replace(/^\[|\]$/g, ''),
    'server.port': portOf(url),
    'url.full': scrubbed(url),
    ...(number > 1 && { 'http.request.resend_count': number - 1 }),
    'messaging.system': 'leadhooks',
    'messaging.destination.name': event.type,
    'messaging.message.id': event.id,
    'leadhooks.organization.id': organizationId,
    'leadhooks.webhook.id': webhookId,
    'leadhooks.delivery.id': deliveryId,
    'leadhooks.delivery.attempt': number,
  }
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}

/** Without the path and the query: whoever knows those of a chat's webhook, say, can write there. */
function scrubbed(url: URL): string {
  return url.pathname === '/' && url.search === '' ? url.href : `${url.origin}/REDACTED`
}

function endAttempt(span: Span, { outcome, failure, statusCode }: TracedOutcome): void {
  if (statusCode !== null) span.setAttribute('http.response.status_code', statusCode)
  if (outcome !== 'succeeded')
    failed(span, failure === null || failure === 'status' ? String(statusCode ?? '_OTHER') : failure)
  span.end()
}
