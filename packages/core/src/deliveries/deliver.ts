import type { Context } from '../context.ts'
import { isLeadhooksError } from '../errors.ts'
import type { Attempt } from '../model/attempt.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery, Settlement } from '../storage/storage.ts'
import type { HealthSign } from '../webhooks/webhook-health.ts'
import { classifyResponse, type Verdict } from './classify-response.ts'
import type { DeliveryTarget } from './delivery-target.ts'
import { withoutEcho } from '../events/sensitive-fields.ts'
import { healthSign } from './health-sign.ts'
import { hideSecrets } from './hide-secrets.ts'
import { nextDelayMs, parseRetryAfter, retrySchedule } from './retry-schedule.ts'
import { type OutgoingRequest, sendRequest, type SendResult } from './send-request.ts'
import { signRequest } from './sign-request.ts'
import { traceAttempt } from './trace-attempt.ts'
import { withAccessToken } from './with-access-token.ts'

/** How long to wait where it cannot be told how many tries there were. */
const unknownDelayMs = 60_000

export interface DeliverOptions {
  targetOf: (webhook: StoredWebhook) => DeliveryTarget
  /** What time it is: the signature says so. */
  startedAt: number
  signal: AbortSignal
}

/** What came of an attempt: for its delivery, and for its webhook. */
export interface Delivered {
  settlement: Settlement
  sign: HealthSign | null
}

/** Makes one attempt of a claimed delivery and says what came of it. Never throws for what the receiver did. */
export async function deliver(
  ctx: Context,
  claimed: ClaimedDelivery,
  { targetOf, startedAt, signal }: DeliverOptions,
): Promise<Delivered> {
  const { organizationId, event } = claimed
  const target = openTarget(targetOf, claimed.webhook)
  if (target === null) return { settlement: undecryptable(claimed), sign: null }
  const request = signRequest(target, claimed, startedAt)
  const send = async (): Promise<Sent> =>
    target.accessTokens === null
      ? sendPlainly(ctx, target, request, signal)
      : sendWithToken(ctx, target, request, signal)
  const sent = ctx.tracing === undefined ? send() : traceAttempt(ctx.tracing, claimed, request, send)
  const { result, secrets, isStale } = await sent
  const classified = classifyResponse(result)
  const at = startedAt + result.durationMs
  const retryAfterMs = result.kind === 'response' ? parseRetryAfter(result.retryAfter, at) : null
  const isGone = classified.outcome === 'gone' && !(await hasMoved(ctx, claimed.webhook))
  const verdict = classified.outcome === 'gone' && !isGone ? goneElsewhere(classified) : classified
  const next = isGone
    ? ({ status: 'dead_letter', reason: 'gone' } as const)
    : await nextStep(ctx, claimed, verdict, { retryAfterMs, isStale })
  const statusCode = result.kind === 'response' ? result.statusCode : null
  const attempt = toAttempt(claimed, startedAt, result, verdict, secrets)
  if (attempt.responseBody !== null) {
    const shown = withoutEcho(ctx, { organizationId, type: event.type }, attempt.responseBody)
    attempt.responseBody = typeof shown === 'string' ? shown : await shown
  }
  return {
    settlement: {
      id: claimed.id,
      lease: claimed.lease,
      attempt,
      next,
      ...(isGone && { disableWebhook: 'gone' }),
    },
    sign: healthSign({ eventType: claimed.event.type, verdict, statusCode, retryAfterMs, next, at }),
  }
}

/** Whether the webhook has another URL by now: what its former one answers says nothing of it. */
async function hasMoved(ctx: Context, webhook: StoredWebhook): Promise<boolean> {
  try {
    const current = await ctx.storage.findWebhook(webhook)
    return current !== null && current.url !== webhook.url
  } catch (error) {
    ctx.logger.warn({ err: error, webhookId: webhook.id }, 'A webhook could not be read; trying again')
    return true
  }
}

function goneElsewhere(verdict: Verdict): Verdict {
  const message =
    'The receiver answered 410 Gone, and the webhook stays on: it has another URL by now, or could not be read; the delivery is tried again'
  return { ...verdict, message }
}

interface Sent {
  result: SendResult
  /** What nobody is shown of the request. */
  secrets: readonly string[]
  /** Whether the receiver refused an access token that was kept from before. */
  isStale: boolean
}

async function sendPlainly(
  { agent, clock }: Context,
  { secrets }: DeliveryTarget,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<Sent> {
  return { result: await sendRequest(agent, clock, request, signal), secrets, isStale: false }
}

/** The token is fetched within the deadline of the attempt. One that the receiver refuses is not used again. */
async function sendWithToken(
  ctx: Context,
  target: DeliveryTarget,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<Sent> {
  const startedAt = ctx.clock.now()
  const authorized = await withAccessToken(ctx.clock, target, request, signal)
  if (authorized.kind === 'failure') return { result: authorized, secrets: target.secrets, isStale: false }
  const result = await sendRequest(ctx.agent, ctx.clock, authorized.request, signal)
  const isRefused = result.kind === 'response' && result.statusCode === 401
  if (isRefused) authorized.forget()
  const durationMs = Math.max(0, ctx.clock.now() - startedAt)
  return {
    result: { ...result, durationMs },
    secrets: authorized.secrets,
    isStale: isRefused && authorized.isKept,
  }
}

function openTarget(
  targetOf: (webhook: StoredWebhook) => DeliveryTarget,
  webhook: StoredWebhook,
): DeliveryTarget | null {
  try {
    return targetOf(webhook)
  } catch (error) {
    if (isLeadhooksError(error) && error.code === 'undecryptable') return null
    throw error
  }
}

/** Without the secret no request can be signed, and trying again would not help: a person has to bring the key back. */
function undecryptable({ id, lease }: ClaimedDelivery): Settlement {
  return { id, lease, attempt: null, next: { status: 'dead_letter', reason: 'undecryptable' } }
}

function toAttempt(
  claimed: ClaimedDelivery,
  startedAt: number,
  result: SendResult,
  verdict: Verdict,
  secrets: readonly string[],
): Attempt {
  const answered = result.kind === 'response'
  return {
    number: claimed.attempt,
    startedAt: new Date(startedAt),
    // Of an inside address nothing is to be learned, least of all how long it took to find out.
    durationMs: verdict.failure === 'blocked_address' ? 0 : result.durationMs,
    outcome: verdict.outcome === 'delivered' ? 'succeeded' : 'failed',
    failure: verdict.failure,
    message: verdict.message,
    statusCode: answered ? result.statusCode : null,
    responseBody: answered ? hideSecrets(toText(result.body), secrets) : null,
  }
}

/** Whatever a receiver answers must be fit to store: NUL, which Postgres refuses in text, is shown as a replacement. */
function toText(body: Buffer): string {
  return body.toString().replaceAll('\u0000', '\ufffd')
}

interface Failed {
  retryAfterMs: number | null
  isStale: boolean
}

async function nextStep(
  ctx: Context,
  claimed: ClaimedDelivery,
  verdict: Verdict,
  failed: Failed,
): Promise<Settlement['next']> {
  if (verdict.outcome === 'delivered') return { status: 'delivered' }
  // Of a URL that is no longer the webhook's: the new one gets it at once.
  if (verdict.outcome === 'gone') return { status: 'retrying', delayMs: 0 }
  // The receiver had no chance to answer: the next worker tries at once, even where this was the last attempt.
  if (verdict.failure === 'worker_stopped') return { status: 'retrying', delayMs: 0 }
  const delayMs = await delayOf(ctx, claimed, failed)
  return delayMs === null ? { status: 'dead_letter', reason: 'exhausted' } : { status: 'retrying', delayMs }
}

/**
 * How long to wait after this failure; null when that was the last try. A try is what the receiver could answer: however
 * often workers were stopped or vanished meanwhile, it gets as many as its policy has. That is looked up only where the
 * number of the attempt says that they are used up, so that few deliveries ever cost that read.
 */
async function delayOf(
  ctx: Context,
  claimed: ClaimedDelivery,
  { retryAfterMs: retryAfter, isStale }: Failed,
): Promise<number | null> {
  const policy = claimed.webhook.retry ?? ctx.settings.delivery.retry
  const delayMs = nextDelayMs(policy, claimed.attempt, retryAfter, ctx.random)
  if (delayMs !== null || (claimed.attempt === 1 && !isStale)) return delayMs
  try {
    const attempts = (await ctx.storage.listAttempts(claimed)) ?? []
    const tries = attempts.filter((attempt) => attempt.number < claimed.attempt && wasAnswerable(attempt))
    // The last try is made with another token, once.
    if (isStale && tries.length <= retrySchedule(policy).delaysMs.length) return 0
    return nextDelayMs(policy, tries.length + 1, retryAfter, ctx.random)
  } catch (error) {
    ctx.logger.warn({ err: error, deliveryId: claimed.id }, 'Attempts could not be read; making one more')
    return unknownDelayMs
  }
}

/** Not so one that a worker broke off, or vanished over. */
function wasAnswerable({ failure }: Attempt): boolean {
  return failure !== null && failure !== 'worker_stopped'
}
