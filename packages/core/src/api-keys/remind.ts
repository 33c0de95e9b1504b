import type { Context } from '../context.ts'
import { rotationDueAt } from './rotation-due.ts'

const dayMs = 86_400_000
const batch = 500

/** Tells the observer of keys that expire soon and of rotations that are due, each once. */
export async function remindOfApiKeys(ctx: Context): Promise<void> {
  const now = ctx.clock.now()
  const expiresBefore = new Date(now + ctx.settings.apiKeys.expiryNoticeDays * dayMs)
  for (;;) {
    const options = { now: new Date(now), expiresBefore, limit: batch }
    const { expiring, rotationDue } = await ctx.storage.takeApiKeyReminders(options)
    for (const { organizationId, id, expiresAt } of expiring)
      if (expiresAt !== null)
        ctx.observe?.({ type: 'api_key.expiring', organizationId, apiKeyId: id, expiresAt })
    for (const key of rotationDue) {
      const { organizationId, id } = key
      const dueAt = new Date(rotationDueAt(key))
      ctx.observe?.({ type: 'api_key.rotation_due', organizationId, apiKeyId: id, dueAt })
    }
    if (expiring.length < batch && rotationDue.length < batch) return
  }
}
