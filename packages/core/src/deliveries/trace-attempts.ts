import type { ClaimedDelivery } from '../storage/storage.ts'
import type { OpenSpan, TracedOutcome, Tracing } from '../tracing.ts'
import { deliveriesOf, type Parcel } from './batch.ts'
import { classifyResponse } from './classify-response.ts'
import type { OutgoingRequest, SendResult } from './send-request.ts'

/**
 * Makes a request within a span of its attempt. It carries where that is found, if its webhook asks for it. Where it is the attempt of
 * many deliveries, each has a span, and the first one stands for all.
 */
export async function traceAttempts<Sent extends { result: SendResult }>(
  tracing: Tracing,
  parcel: Parcel,
  request: OutgoingRequest,
  send: () => Promise<Sent>,
): Promise<Sent> {
  const spans = deliveriesOf([parcel]).map((claimed) => startSpan(tracing, claimed, request))
  const [first] = spans
  if (first === undefined) return send()
  if (parcel.webhook.traceContext) carry(first, request)
  const sent = await first.run(send)
  const { outcome, failure } = classifyResponse(sent.result)
  const statusCode = sent.result.kind === 'response' ? sent.result.statusCode : null
  for (const span of spans)
    span.end({ outcome: outcome === 'delivered' ? 'succeeded' : 'failed', failure, statusCode })
  return sent
}

function startSpan(
  tracing: Tracing,
  { organizationId, id: deliveryId, attempt: number, event, webhook }: ClaimedDelivery,
  { url }: OutgoingRequest,
): OpenSpan<TracedOutcome> {
  return tracing.startAttempt({ organizationId, webhookId: webhook.id, deliveryId, event, number, url })
}

function carry({ traceparent, tracestate }: OpenSpan<TracedOutcome>, { headers }: OutgoingRequest): void {
  if (traceparent === null) return
  headers.push('traceparent', traceparent)
  if (tracestate !== null) headers.push('tracestate', tracestate)
}
