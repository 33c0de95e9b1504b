import type { Context } from '../context.ts'
import { isLeadhooksError } from '../errors.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import { sealAnew } from './credentials.ts'

const batch = 100

/**
 * Seals with the current encryption key what an older one has sealed, so that the older one can be taken away. What no key opens
 * is passed over: its deliveries say so.
 */
export async function sealCredentialsAnew(ctx: Context): Promise<void> {
  const prefix = ctx.encryption.currentPrefix
  let afterId = ''
  for (;;) {
    const webhooks = await ctx.storage.findSealedOtherwise({ prefix, afterId, limit: batch })
    for (const webhook of webhooks)
      await ctx.storage.updateWebhook(webhook, (current) => anewOrNull(ctx, current))
    const last = webhooks.at(-1)
    if (last === undefined || webhooks.length < batch) return
    afterId = last.id
  }
}

function anewOrNull(ctx: Context, webhook: StoredWebhook): ReturnType<typeof sealAnew> | null {
  try {
    return sealAnew(ctx.encryption, webhook)
  } catch (error) {
    if (isLeadhooksError(error) && error.code === 'undecryptable') return null
    throw error
  }
}
