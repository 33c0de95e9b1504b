import type { ClaimedDelivery } from '../storage/storage.ts'
import type { OpenSpan, TracedOutcome, Tracing } from '../tracing.ts'
import { classifyResponse } from './classify-response.ts'
import type { OutgoingRequest, SendResult } from './send-request.ts'

/** Makes the request of an attempt within a span. It carries where that is found, if its webhook asks for it. */
export async function traceAttempt<Sent extends { result: SendResult }>(
  tracing: Tracing,
  claimed: ClaimedDelivery,
  request: OutgoingRequest,
  send: () => Promise<Sent>,
): Promise<Sent> {
  const span = startSpan(tracing, claimed, request)
  const sent = await span.run(send)
  const { outcome, failure } = classifyResponse(sent.result)
  const statusCode = sent.result.kind === 'response' ? sent.result.statusCode : null
  span.end({ outcome: outcome === 'delivered' ? 'succeeded' : 'failed', failure, statusCode })
  return sent
}

function startSpan(
  tracing: Tracing,
  { organizationId, id: deliveryId, attempt: number, event, webhook }: ClaimedDelivery,
  { url, headers }: OutgoingRequest,
): OpenSpan<TracedOutcome> {
  const span = tracing.startAttempt({ organizationId, webhookId: webhook.id, deliveryId, event, number, url })
  if (!webhook.traceContext || span.traceparent === null) return span
  headers.push('traceparent', span.traceparent)
  if (span.tracestate !== null) headers.push('tracestate', span.tracestate)
  return span
}
