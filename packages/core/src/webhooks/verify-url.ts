import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { classifyResponse } from '../deliveries/classify-response.ts'
import { deliveryTarget } from '../deliveries/delivery-target.ts'
import { sendRequest, type SendResult } from '../deliveries/send-request.ts'
import { sendingTime } from '../deliveries/sending-time.ts'
import { signRequest } from '../deliveries/sign-request.ts'
import { withAccessToken } from '../deliveries/with-access-token.ts'
import { notFound } from '../errors.ts'
import { newEventId } from '../ids.ts'
import { parseInput, scoped } from '../input.ts'
import type { Actor } from '../model/actor.ts'
import type { AttemptFailure } from '../model/attempt-failures.ts'
import type { StoredWebhook, Webhook } from '../model/webhook.ts'
import { auditWebhook } from './audit-webhook.ts'
import { showWebhook } from './show-webhook.ts'
import { proven } from './url-verification.ts'

const verifyInput = scoped.extend({ actor })
export type VerifyWebhookInput = z.input<typeof verifyInput>

/** What came of a challenge. */
export interface WebhookVerification {
  verified: boolean
  /** Why there was no answer to it, or none with 2xx; null also where a 2xx came without the challenge. */
  failure: AttemptFailure | null
  /** What happened, and what to do about it. */
  message: string
  webhook: Webhook
}

type Answer = Omit<WebhookVerification, 'webhook'>

/** Whoever registers a webhook waits for the answer. */
const longestMs = 10_000

/**
 * Sends the URL of a webhook a challenge, signed like any delivery, and lets its deliveries go when the answer holds it. What was
 * verified stays so when it fails.
 *
 * Throws `not_found` and `undecryptable`.
 */
export async function verifyWebhook(ctx: Context, input: VerifyWebhookInput): Promise<WebhookVerification> {
  const { organizationId, id, actor } = parseInput(verifyInput, input)
  const webhook = await ctx.storage.findWebhook({ organizationId, id })
  if (webhook === null) throw notFound('webhook', id)
  return challengeUrl(ctx, webhook, actor)
}

/** The same of a webhook that was read, or made, just now. */
export async function challengeUrl(
  ctx: Context,
  webhook: StoredWebhook,
  actor: Actor,
): Promise<WebhookVerification> {
  const challenge = randomBytes(24).toString('base64url')
  const answer = judge(await send(ctx, webhook, challenge), challenge)
  if (!answer.verified) return { ...answer, webhook: showWebhook(webhook) }
  const now = new Date(ctx.clock.now())
  const updated = await ctx.storage.updateWebhook(
    webhook,
    (current) => (current.url === webhook.url ? proven(current, now) : null),
    auditWebhook(ctx, 'webhook.verified', actor, webhook),
  )
  if (updated === null) throw notFound('webhook', webhook.id)
  // Its deliveries may have waited for that.
  ctx.wake()
  const shown = showWebhook(updated)
  if (updated.url === webhook.url) return { ...answer, webhook: shown }
  return { ...refused('The URL was changed meanwhile: verify it once more'), webhook: shown }
}

async function send(ctx: Context, webhook: StoredWebhook, challenge: string): Promise<SendResult> {
  const target = deliveryTarget(ctx, webhook)
  const now = await sendingTime(ctx)
  const event = { id: newEventId(now), type: 'webhook.challenge' }
  const timestamp = new Date(now).toISOString()
  const body = JSON.stringify({ id: event.id, event: event.type, timestamp, data: { challenge } })
  const signed = signRequest(target, { event: { ...event, body }, shapedAs: null, attempt: 1 }, now)
  const request = { ...signed, timeoutMs: Math.min(signed.timeoutMs, longestMs) }
  const authorized = await withAccessToken(ctx.clock, target, request)
  return authorized.kind === 'failure' ? authorized : sendRequest(ctx.agent, ctx.clock, authorized.request)
}

function judge(result: SendResult, challenge: string): Answer {
  const { outcome, failure, message } = classifyResponse(result)
  if (result.kind === 'failure') return { verified: false, failure, message: result.message }
  const { statusCode, body } = result
  if (outcome === 'gone')
    return { verified: false, failure, message: 'The receiver answered 410 Gone: it wants no deliveries' }
  if (outcome === 'failed') return { verified: false, failure, message: message ?? '' }
  if (holds(body.toString().trim(), challenge))
    return {
      verified: true,
      failure: null,
      message: 'The receiver answered the challenge: its URL is verified',
    }
  return refused(
    `The receiver answered ${statusCode} without the challenge: let it answer with the text in \`data.challenge\`, or with JSON that has it as \`challenge\``,
  )
}

const refused = (message: string): Answer => ({ verified: false, failure: null, message })

/** It, or JSON that has it at its top. Whoever merely sends back what comes answers with the whole request, which is neither. */
function holds(answer: string, challenge: string): boolean {
  if (answer === challenge) return true
  try {
    const parsed: unknown = JSON.parse(answer)
    if (parsed === challenge) return true
    return (
      typeof parsed === 'object' && parsed !== null && 'challenge' in parsed && parsed.challenge === challenge
    )
  } catch {
    return false
  }
}
