import { z } from 'zod'
import type { Context } from '../context.ts'
import { batchMessage } from '../deliveries/batch.ts'
import { classifyResponse, type Verdict } from '../deliveries/classify-response.ts'
import { deliveryTarget } from '../deliveries/delivery-target.ts'
import { hideSecrets } from '../deliveries/hide-secrets.ts'
import type { OutgoingRequest, SendFailure } from '../deliveries/send-request.ts'
import {
  type RequestTimings,
  sendTraced,
  type TracedResponse,
  type TracedResult,
} from '../deliveries/send-traced.ts'
import { sendingTime } from '../deliveries/sending-time.ts'
import { type Message, signRequest } from '../deliveries/sign-request.ts'
import { withAccessToken } from '../deliveries/with-access-token.ts'
import { notFound } from '../errors.ts'
import { eventTypeName, parseInput, scoped } from '../input.ts'
import type { AttemptFailure } from '../model/attempt-failures.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { isShaping, shapeBody } from './shape-body.ts'
import { testEvent, type TestEventInput } from './test-event.ts'

export const testRequest = z.strictObject({
  eventType: eventTypeName.optional().meta({
    description: 'What to send. Left out: the first type that the webhook takes and that has an example',
  }),
  data: z.unknown().optional().meta({ description: 'Left out: the example of the event type' }),
})

const testInput = testRequest.extend(scoped.shape)
export type TestWebhookInput = z.input<typeof testInput>

/** A test send: what went out, what came back, and what to make of it. */
export interface WebhookTest {
  outcome: 'succeeded' | 'failed'
  failure: AttemptFailure | null
  /** The verdict, for people: what happened, and what to do about it. */
  message: string
  request: SentRequest
  /** What `webhook-signature` is the HMAC of: id, time and body, joined by dots. */
  signedContent: string
  /** Null where nothing was answered. */
  response: TracedResponse | null
  /** Null for an address that is not allowed. */
  timings: RequestTimings | null
}

export interface SentRequest {
  method: 'POST'
  url: string
  /** The values of the custom headers are hidden: nobody is shown them again. */
  headers: Record<string, string>
  body: string
}

type ShapedExample = Pick<ClaimedDelivery, 'event' | 'shapedAs' | 'attempt'>

const noTimings = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null }

/**
 * Sends a signed example of an event type to a webhook at once, enabled or not, and tells all about it. No delivery is made of it, and
 * the health of the webhook and all figures stay as they are.
 *
 * Throws `not_found`, `unknown_event_type`, `invalid_event_data`, `payload_too_large`, `shaping_failed`, `undecryptable`, and
 * `invalid_request` where there is no example.
 */
export async function testWebhook(ctx: Context, input: TestWebhookInput): Promise<WebhookTest> {
  const { organizationId, id, ...wanted } = parseInput(testInput, input)
  const webhook = await ctx.storage.findWebhook({ organizationId, id })
  if (webhook === null) throw notFound('webhook', id)
  const target = deliveryTarget(ctx, webhook)
  const shaped = await shapedEvent(ctx, webhook, wanted)
  const now = await sendingTime(ctx)
  const message = webhook.batch === null ? shaped : batchOfOne(shaped, now)
  const request = signRequest(target, message, now)
  const authorized = await withAccessToken(ctx.clock, target, request)
  const traced =
    authorized.kind === 'failure' ? notSent(authorized) : await sendTraced(ctx, authorized.request)
  const secrets = authorized.kind === 'failure' ? [] : authorized.secrets
  const shown = showRequest(request, [...webhook.headerNames, 'authorization'])
  return {
    ...verdictOf(traced, classifyResponse(traced.result)),
    request: shown,
    signedContent: `${message.event.id}.${shown.headers['webhook-timestamp']}.${request.body}`,
    response: traced.response && showResponse(traced.response, secrets),
    timings: isBlocked(traced) ? null : traced.timings,
  }
}

/** Laid out as a delivery would be. */
async function shapedEvent(
  ctx: Context,
  webhook: StoredWebhook,
  wanted: TestEventInput,
): Promise<ShapedExample> {
  const event = await testEvent(ctx, webhook, wanted)
  if (!isShaping(ctx, webhook)) return { event, shapedAs: null, attempt: 1 }
  const { format, body } = await shapeBody(ctx, webhook, event)
  return { event: { ...event, body: body ?? event.body }, shapedAs: format, attempt: 1 }
}

/** A webhook that gets several events by one request gets the example so, too. */
function batchOfOne(shaped: ShapedExample, now: number): Message {
  return batchMessage({ format: shaped.shapedAs ?? 'leadhooks', batched: [shaped] }, now)
}

function notSent(result: SendFailure): TracedResult {
  return { result, response: null, timings: { ...noTimings, totalMs: result.durationMs } }
}

function showRequest({ url, headers, body }: OutgoingRequest, secretHeaders: readonly string[]): SentRequest {
  const shown: Record<string, string> = {}
  for (let i = 0; i + 1 < headers.length; i += 2) shown[headers[i] ?? ''] = headers[i + 1] ?? ''
  for (const name of secretHeaders) if (name in shown) shown[name] = '(hidden)'
  return { method: 'POST', url: url.href, headers: shown, body }
}

function showResponse(response: TracedResponse, secrets: readonly string[]): TracedResponse {
  const shown = (text: string): string => hideSecrets(text, secrets)
  const headers = Object.entries(response.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.map(shown) : shown(value)] as const,
  )
  return { ...response, headers: Object.fromEntries(headers), body: shown(response.body) }
}

function verdictOf(
  { result, timings }: TracedResult,
  { outcome, failure, message }: Verdict,
): Pick<WebhookTest, 'outcome' | 'failure' | 'message'> {
  if (result.kind === 'failure') return { outcome: 'failed', failure, message: result.message }
  const { statusCode } = result
  if (outcome === 'delivered') {
    const sentence = `The receiver answered ${statusCode} within ${Math.ceil(timings.totalMs)} ms: it takes deliveries`
    return { outcome: 'succeeded', failure: null, message: sentence }
  }
  const gone = 'The receiver answered 410 Gone: a delivery that is answered so switches the webhook off'
  return { outcome: 'failed', failure, message: outcome === 'gone' ? gone : (message ?? '') }
}

/** Of an inside address nothing is to be learned, least of all how long it took to find out. */
function isBlocked({ result }: TracedResult): boolean {
  return result.kind === 'failure' && result.failure === 'blocked_address'
}
