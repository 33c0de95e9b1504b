import type { Context } from '../context.ts'
import type { ApiKeyWatch } from '../storage/storage.ts'

/** Tells all processes of changed API keys, where the storage does not do so itself. */
export interface ApiKeyChanges {
  publish(apiKeyId: string): Promise<void>
  /** Calls `onChange` with the id of a key that was changed, and with null when any may have been. */
  watch(onChange: (apiKeyId: string | null) => void): ApiKeyWatch
}

/** A key was changed: nobody is to let it in by what was known of it. */
export async function tellOfChange(ctx: Context, apiKeyId: string): Promise<void> {
  ctx.apiKeyCache.forget(apiKeyId)
  try {
    await ctx.settings.apiKeys.changes?.publish(apiKeyId)
  } catch (error) {
    // The change itself is written; where it is not heard of, it counts when what is cached there has had its time.
    ctx.logger.error({ err: error, apiKeyId }, 'Other processes could not be told of a changed API key')
  }
}
