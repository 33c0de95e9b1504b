import type { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput, scoped } from '../input.ts'
import { auditWebhook } from './audit-webhook.ts'

const deleteInput = scoped.extend({ actor })
export type DeleteWebhookInput = z.input<typeof deleteInput>

/** Removes a webhook. Its unfinished deliveries are cancelled; its history stays. */
export async function deleteWebhook(ctx: Context, input: DeleteWebhookInput): Promise<void> {
  const { organizationId, id, actor } = parseInput(deleteInput, input)
  const webhook = { organizationId, id }
  const audit = auditWebhook(ctx, 'webhook.deleted', actor, webhook)
  const deleted = await ctx.storage.deleteWebhook({ ...webhook, now: ctx.storageTime() }, audit)
  if (!deleted) throw notFound('webhook', id)
}
