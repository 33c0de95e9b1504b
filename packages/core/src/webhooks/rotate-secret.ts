import { generateSecret } from '@leadhooks/verify-signature'
import { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput, scoped } from '../input.ts'
import type { StoredWebhook, Webhook } from '../model/webhook.ts'
import type { WebhookChanges } from '../storage/storage.ts'
import { auditWebhook } from './audit-webhook.ts'
import { checkSecret } from './checks.ts'
import { sealSecret } from './credentials.ts'
import { nextRotation } from './next-rotation.ts'
import { nextSigningKeys } from './signing-key.ts'
import { showWebhook } from './show-webhook.ts'
import { webhookSecret } from './webhook-input.ts'

const longestGraceSeconds = 90 * 86_400

export const secretRotation = z.strictObject({
  graceSeconds: z.int().min(0).max(longestGraceSeconds).default(86_400).meta({
    description: 'How long requests are signed with the former secret too; 0 ends it at once',
  }),
  secret: webhookSecret,
})

const rotateInput = secretRotation.extend({ ...scoped.shape, actor })
export type RotateSecretInput = z.input<typeof rotateInput>

/**
 * Gives a webhook another signing secret, and shows it. While the grace lasts, requests carry a signature by each of the two:
 * a receiver that knows either of them accepts them. So it is with its Ed25519 key, where it has one. A secret that was still in its
 * own grace ends at once.
 *
 * Throws `not_found`, and `invalid_request` for a secret that is too weak.
 */
export async function rotateSecret(
  ctx: Context,
  input: RotateSecretInput,
): Promise<{ webhook: Webhook; secret: string }> {
  const { organizationId, id, actor, graceSeconds, secret } = parseInput(rotateInput, input)
  const rotated = await giveNewSecret(ctx, { organizationId, id }, { actor, graceSeconds, secret })
  if (rotated === null) throw notFound('webhook', id)
  return rotated
}

export interface NewSecret extends Omit<z.output<typeof rotateInput>, 'organizationId' | 'id'> {
  /** Whether the webhook, as it is at that moment, is to have one. @default it is */
  isWanted?: (current: StoredWebhook) => boolean
}

/** Null where there is no such webhook, or no new secret is wanted any more. */
export async function giveNewSecret(
  ctx: Context,
  webhook: Pick<StoredWebhook, 'organizationId' | 'id'>,
  { actor, graceSeconds, secret = generateSecret(), isWanted = () => true }: NewSecret,
): Promise<{ webhook: Webhook; secret: string } | null> {
  checkSecret(secret)
  const now = new Date(ctx.clock.now())
  const endsAt = graceSeconds === 0 ? null : new Date(now.getTime() + graceSeconds * 1000)
  const sealedSecret = sealSecret(ctx.encryption, webhook, secret)
  let isRotated = false

  function rotate(current: StoredWebhook): WebhookChanges | null {
    isRotated = isWanted(current)
    if (!isRotated) return null
    return {
      sealedSecret,
      sealedPreviousSecret: endsAt && current.sealedSecret,
      previousSecretEndsAt: endsAt,
      ...nextSigningKeys(ctx.encryption, current, endsAt !== null),
      secretRotatedAt: now,
      rotateSecretAt: nextRotation(now, current.rotateSecretEveryDays),
      updatedAt: now,
    }
  }

  const audit = auditWebhook(ctx, 'webhook.secret_rotated', actor, webhook)
  const updated = await ctx.storage.updateWebhook(webhook, rotate, audit)
  if (updated === null || !isRotated) return null
  const { organizationId, id } = webhook
  ctx.observe?.({ type: 'webhook.secret_rotated', organizationId, webhookId: id, previousEndsAt: endsAt })
  return { webhook: showWebhook(updated), secret }
}
