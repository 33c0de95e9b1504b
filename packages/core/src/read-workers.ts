import type { Context } from './context.ts'
import type { WorkerStatus } from './model/worker-status.ts'

/** Four beats were missed: it hangs, cannot reach the database, or is gone. */
const aliveMs = 60_000
const forgottenAfterMs = 3_600_000
const mostWorkers = 1000

/** The workers of all processes that were heard of in the last hour, the latest first. */
export async function readWorkers({ storage, storageTime }: Context): Promise<WorkerStatus[]> {
  const workers = await storage.listWorkers({ limit: mostWorkers, now: storageTime() })
  return workers
    .filter(({ silentMs }) => silentMs < forgottenAfterMs)
    .map((worker) => Object.assign(worker, { isAlive: worker.silentMs < aliveMs }))
}

/** Forgets those that ended without a word; answers how many. */
export async function forgetWorkers({ storage, storageTime }: Context): Promise<number> {
  const workers = await storage.listWorkers({ limit: mostWorkers, now: storageTime() })
  const gone = workers.filter(({ silentMs }) => silentMs >= forgottenAfterMs)
  if (gone.length > 0) await storage.removeWorkers(gone.map(({ id }) => id))
  return gone.length
}
