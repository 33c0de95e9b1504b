import type { Context } from '../context.ts'
import { resumableMs } from './live-streams.ts'

const batch = 1000

/** Forgets what no client can resume any more, and who is not watched any more. */
export async function forgetChanges({ storage, storageTime, clock }: Context): Promise<void> {
  const before = new Date(clock.now() - 2 * resumableMs)
  while ((await storage.forgetChanges({ before, limit: batch, now: storageTime() })) === batch);
}
