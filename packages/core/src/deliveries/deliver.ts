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
import { nextDelayMs, parseRetryAfter } from './retry-schedule.ts'
import { type OutgoingRequest, sendRequest, type SendResult } from './send-request.ts'
import { signRequest } from './sign-request.ts'
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
  const { result, secrets } =
    target.accessTokens === null
      ? { result: await sendRequest(ctx.agent, ctx.clock, request, signal), secrets: target.secrets }
      : await sendWithToken(ctx, target, request, signal)
  const verdict = classifyResponse(result)
  const at = startedAt + result.durationMs
  const retryAfterMs = result.kind === 'response' ? parseRetryAfter(result.retryAfter, at) : null
  const isGone = verdict.outcome === 'gone' && !(await hasMoved(ctx, claimed.webhook))
  const next = isGone
    ? ({ status: 'dead_letter', reason: 'gone' } as const)
    : await nextStep(ctx, claimed, verdict, retryAfterMs)
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

/** The token is fetched within the deadline of the attempt. One that the receiver refuses is not used again. */
async function sendWithToken(
  ctx: Context,
  target: DeliveryTarget,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<{ result: SendResult; secrets: readonly string[] }> {
  const startedAt = ctx.clock.now()
  const authorized = await withAccessToken(ctx.clock, target, request, signal)
  if (authorized.kind === 'failure') return { result: authorized, secrets: target.secrets }
  const result = await sendRequest(ctx.agent, ctx.clock, authorized.request, signal)
  if (result.kind === 'response' && result.statusCode === 401) authorized.forget()
  const durationMs = Math.max(0, ctx.clock.now() - startedAt)
  return { result: { ...result, durationMs }, secrets: authorized.secrets }
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

async function nextStep(
  ctx: Context,
  claimed: ClaimedDelivery,
  verdict: Verdict,
  retryAfterMs: number | null,
): Promise<Settlement['next']> {
  if (verdict.outcome === 'delivered') return { status: 'delivered' }
  // Of a URL that is no longer the webhook's: the new one gets it at once.
  if (verdict.outcome === 'gone') return { status: 'retrying', delayMs: 0 }
  // The receiver had no chance to answer: the next worker tries at once, even where this was the last attempt.
  if (verdict.failure === 'worker_stopped') return { status: 'retrying', delayMs: 0 }
  const delayMs = await delayOf(ctx, claimed, retryAfterMs)
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
  retryAfter: number | null,
): Promise<number | null> {
  const policy = claimed.webhook.retry ?? ctx.settings.delivery.retry
  const delayMs = nextDelayMs(policy, claimed.attempt, retryAfter, ctx.random)
  if (delayMs !== null || claimed.attempt === 1) return delayMs
  try {
    const attempts = (await ctx.storage.listAttempts(claimed)) ?? []
    const tries = attempts.filter((attempt) => attempt.number < claimed.attempt && wasAnswerable(attempt))
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
