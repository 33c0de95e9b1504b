import type { Context } from '../context.ts'
import { withoutEcho } from '../events/sensitive-fields.ts'
import type { Attempt, AttemptBatch } from '../model/attempt.ts'
import type { ClaimedDelivery, Settlement } from '../storage/storage.ts'
import type { HealthSign } from '../webhooks/webhook-health.ts'
import type { Answer } from './ask-receiver.ts'
import { healthSign } from './health-sign.ts'
import { hideSecrets } from './hide-secrets.ts'
import { nextDelayMs, retrySchedule } from './retry-schedule.ts'

/** How long to wait where it cannot be told how many tries there were. */
const unknownDelayMs = 60_000

export interface SettlementOptions {
  /** The request for many events that the delivery was part of. */
  batch: AttemptBatch | null
  random: () => number
}

/** What the answer to a request makes of a delivery that was in it. */
export async function settlementOf(
  ctx: Context,
  claimed: ClaimedDelivery,
  answer: Answer,
  { batch, random }: SettlementOptions,
): Promise<Settlement> {
  const { organizationId, event } = claimed
  const next = answer.isGone
    ? ({ status: 'dead_letter', reason: 'gone' } as const)
    : await nextStep(ctx, claimed, answer, random)
  const attempt = toAttempt(claimed, answer, batch)
  if (attempt.responseBody !== null) {
    const shown = withoutEcho(ctx, { organizationId, type: event.type }, attempt.responseBody)
    attempt.responseBody = typeof shown === 'string' ? shown : await shown
  }
  return {
    id: claimed.id,
    lease: claimed.lease,
    attempt,
    next,
    ...(answer.isGone && { disableWebhook: 'gone' }),
  }
}

/** Without the secret no request can be signed, and trying again would not help: a person has to bring the key back. */
export function undecryptable({ id, lease }: ClaimedDelivery): Settlement {
  return { id, lease, attempt: null, next: { status: 'dead_letter', reason: 'undecryptable' } }
}

/** What the answer says of the webhook. `next`: what becomes of the delivery. */
export function signOf(
  { result, verdict, retryAfterMs, at }: Answer,
  eventType: string,
  next: Settlement['next'],
): HealthSign | null {
  const statusCode = result.kind === 'response' ? result.statusCode : null
  return healthSign({ eventType, verdict, statusCode, retryAfterMs, next, at })
}

function toAttempt(
  claimed: ClaimedDelivery,
  { result, verdict, startedAt, secrets }: Answer,
  batch: AttemptBatch | null,
): Attempt {
  const answered = result.kind === 'response'
  // An answer about several events may repeat any of them, and would stay with the others when one is redacted.
  const isKept = answered && (batch === null || batch.size === 1)
  return {
    number: claimed.attempt,
    startedAt: new Date(startedAt),
    // Of an inside address nothing is to be learned, least of all how long it took to find out.
    durationMs: verdict.failure === 'blocked_address' ? 0 : result.durationMs,
    outcome: verdict.outcome === 'delivered' ? 'succeeded' : 'failed',
    failure: verdict.failure,
    message: verdict.message,
    statusCode: answered ? result.statusCode : null,
    responseBody: isKept ? hideSecrets(toText(result.body), secrets) : null,
    batch,
  }
}

/** Whatever a receiver answers must be fit to store: NUL, which Postgres refuses in text, is shown as a replacement. */
function toText(body: Buffer): string {
  return body.toString().replaceAll('\u0000', '\ufffd')
}

async function nextStep(
  ctx: Context,
  claimed: ClaimedDelivery,
  answer: Answer,
  random: () => number,
): Promise<Settlement['next']> {
  const { verdict } = answer
  if (verdict.outcome === 'delivered') return { status: 'delivered' }
  // Of a URL that is no longer the webhook's: the new one gets it at once.
  if (verdict.outcome === 'gone') return { status: 'retrying', delayMs: 0 }
  // The receiver had no chance to answer: the next worker tries at once, even where this was the last attempt.
  if (verdict.failure === 'worker_stopped') return { status: 'retrying', delayMs: 0 }
  const delayMs = await delayOf(ctx, claimed, answer, random)
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
  { retryAfterMs: retryAfter, isStale }: Answer,
  random: () => number,
): Promise<number | null> {
  const policy = claimed.webhook.retry ?? ctx.settings.delivery.retry
  const delayMs = nextDelayMs(policy, claimed.attempt, retryAfter, random)
  if (delayMs !== null || (claimed.attempt === 1 && !isStale)) return delayMs
  try {
    const attempts = (await ctx.storage.listAttempts(claimed)) ?? []
    const tries = attempts.filter((attempt) => attempt.number < claimed.attempt && wasAnswerable(attempt))
    // The last try is made with another token, once.
    if (isStale && tries.length <= retrySchedule(policy).delaysMs.length) return 0
    return nextDelayMs(policy, tries.length + 1, retryAfter, random)
  } catch (error) {
    ctx.logger.warn({ err: error, deliveryId: claimed.id }, 'Attempts could not be read; making one more')
    return unknownDelayMs
  }
}

/** Not so one that a worker broke off, or vanished over. */
function wasAnswerable({ failure }: Attempt): boolean {
  return failure !== null && failure !== 'worker_stopped'
}
