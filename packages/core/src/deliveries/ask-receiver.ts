import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { Parcel } from './batch.ts'
import { classifyResponse, type Verdict } from './classify-response.ts'
import type { DeliveryTarget } from './delivery-target.ts'
import { parseRetryAfter } from './retry-schedule.ts'
import { type OutgoingRequest, sendRequest, type SendResult } from './send-request.ts'
import { traceAttempts } from './trace-attempts.ts'
import { withAccessToken } from './with-access-token.ts'

export interface AskOptions {
  target: DeliveryTarget
  startedAt: number
  signal: AbortSignal
}

/** What came of a request, and what it means. */
export interface Answer {
  result: SendResult
  verdict: Verdict
  startedAt: number
  /** When it was there. */
  at: number
  retryAfterMs: number | null
  /** The receiver wants no more, and the webhook still has that URL. */
  isGone: boolean
  /** What nobody is shown of it. */
  secrets: readonly string[]
  /** Whether the receiver refused an access token that was kept from before. */
  isStale: boolean
}

type Sent = Pick<Answer, 'result' | 'secrets' | 'isStale'>

/** Sends the request of a parcel and says what came of it. Never throws for what the receiver did. */
export async function askReceiver(
  ctx: Context,
  parcel: Parcel,
  request: OutgoingRequest,
  { target, startedAt, signal }: AskOptions,
): Promise<Answer> {
  const send = async (): Promise<Sent> =>
    target.accessTokens === null
      ? sendPlainly(ctx, target, request, signal)
      : sendWithToken(ctx, target, request, signal)
  const sent = await (ctx.tracing === undefined ? send() : traceAttempts(ctx.tracing, parcel, request, send))
  const { result } = sent
  const classified = classifyResponse(result)
  const at = startedAt + result.durationMs
  const retryAfterMs = result.kind === 'response' ? parseRetryAfter(result.retryAfter, at) : null
  const isGone = classified.outcome === 'gone' && !(await hasMoved(ctx, parcel.webhook))
  const verdict = classified.outcome === 'gone' && !isGone ? goneElsewhere(classified) : classified
  return { ...sent, verdict, startedAt, at, retryAfterMs, isGone }
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
