import type { Clock } from '../clock.ts'
import type { Context } from '../context.ts'
import type { ApiKeyWatch } from '../storage/storage.ts'

/** Tells all processes of changed API keys, where the storage does not do so itself. */
export interface ApiKeyChanges {
  publish(apiKeyId: string): Promise<void>
  /** Calls `onChange` with the id of a key that was changed, and with null when any may have been. */
  watch(onChange: (apiKeyId: string | null) => void): ApiKeyWatch
}

/** How long a change waits for the others to be told: what is cached there ends by itself as soon. */
const longestTellingMs = 1000

/** A key was changed: nobody is to let it in by what was known of it. */
export async function tellOfChange(ctx: Context, apiKeyId: string): Promise<void> {
  ctx.apiKeyCache.forget(apiKeyId)
  const { changes } = ctx.settings.apiKeys
  if (changes === undefined) return
  try {
    await within(ctx.clock, longestTellingMs, changes.publish(apiKeyId))
  } catch (error) {
    // The change itself is written; where it is not heard of, it counts when what is cached there has had its time.
    ctx.logger.error({ err: error, apiKeyId }, 'Other processes could not be told of a changed API key')
  }
}

/** Gives up waiting; what was started goes on by itself. */
async function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(() => reject(new Error(`No answer within ${ms} ms`)), ms)
    promise.then(resolve, reject).finally(cancel)
  })
}
