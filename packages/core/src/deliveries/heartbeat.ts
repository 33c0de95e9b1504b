import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Context } from '../context.ts'
import { version } from './user-agent.ts'
import { recurring } from './recurring.ts'

const intervalMs = 15_000

/**
 * Tells the storage that a worker is there, now and every fifteen seconds, so that operators see it (`health.workers()`). The function
 * that it returns ends that, and takes the worker off the list.
 */
export function startHeartbeat(ctx: Context, inFlight: () => number): () => Promise<void> {
  const id = randomUUID()
  const host = hostname()

  const beat = async (): Promise<void> =>
    ctx.storage.beatWorker({ id, host, version, inFlight: inFlight(), now: ctx.storageTime() })
  const first = quietly(ctx, beat)
  const end = recurring(ctx, 'heartbeat', intervalMs, beat)

  return async () => {
    await Promise.all([first, end()])
    await quietly(ctx, async () => ctx.storage.removeWorkers([id]))
  }
}

/** Nothing depends on it: a database that cannot be reached is told of by whoever needs it. */
async function quietly({ logger }: Context, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    logger.warn({ err: error }, 'A worker could not tell whether it is there; it goes on all the same')
  }
}
