import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput, scoped } from '../input.ts'
import type { Scoped } from '../storage/storage.ts'

/** Removes a webhook. Its unfinished deliveries are cancelled; its history stays. */
export async function deleteWebhook(ctx: Context, input: Scoped): Promise<void> {
  const webhook = parseInput(scoped, input)
  const deleted = await ctx.storage.deleteWebhook({ ...webhook, now: ctx.storageTime() })
  if (!deleted) throw notFound('webhook', webhook.id)
}
