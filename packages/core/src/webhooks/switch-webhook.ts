import { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { date, parseInput, scoped } from '../input.ts'
import type { Webhook } from '../model/webhook.ts'
import type { Scoped } from '../storage/storage.ts'
import { updateWebhook } from './update-webhook.ts'

/** How many deliveries are cancelled by one statement. */
const batch = 1000

export const resumption = z.strictObject({
  resume: z
    .union([z.enum(['all', 'none']), z.strictObject({ since: date })])
    .default('all')
    .meta({
      description:
        'What becomes of deliveries that have waited while it was off: all go, none does, or those made since a time do; the others are cancelled',
    }),
})

const enableInput = scoped.extend({ actor, ...resumption.shape })
export type EnableWebhookInput = z.input<typeof enableInput>

/**
 * Lets the deliveries of a webhook go. Those that have waited while it was off and are not to be resumed are cancelled before; of one
 * that is on already, none is.
 */
export async function enableWebhook(ctx: Context, input: EnableWebhookInput): Promise<Webhook> {
  const { resume, ...webhook } = parseInput(enableInput, input)
  if (resume !== 'all') await cancelWaiting(ctx, webhook, resume === 'none' ? null : resume.since)
  return updateWebhook(ctx, { ...webhook, enabled: true })
}

const disableInput = scoped.extend({ actor })
export type DisableWebhookInput = z.input<typeof disableInput>

/** Makes the deliveries of a webhook wait. */
export async function disableWebhook(ctx: Context, input: DisableWebhookInput): Promise<Webhook> {
  return updateWebhook(ctx, { ...parseInput(disableInput, input), enabled: false })
}

async function cancelWaiting(
  ctx: Context,
  { organizationId, id }: Scoped,
  createdBefore: Date | null,
): Promise<void> {
  const webhook = await ctx.storage.findWebhook({ organizationId, id })
  if (webhook === null) throw notFound('webhook', id)
  if (webhook.enabled) return
  const waiting = { organizationId, webhookId: id, createdBefore, limit: batch }
  let cancelled: number
  do cancelled = await ctx.storage.cancelWaiting({ ...waiting, now: ctx.storageTime() })
  while (cancelled === batch)
}
