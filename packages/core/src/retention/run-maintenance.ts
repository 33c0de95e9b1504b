import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { forgetRollups } from '../analytics/keep-rollups.ts'
import { forgetUsage } from '../api-keys/forget-usage.ts'
import type { Context } from '../context.ts'
import { forgetRequests } from '../forget-requests.ts'
import { parseInput } from '../input.ts'
import { forgetWorkers } from '../read-workers.ts'
import { removeHistory, type Run } from './remove-history.ts'
import { nothingRemoved, type Removed } from './removed.ts'
import { smallSteps, Stopped } from './small-steps.ts'

const dutyName = 'maintenance'
const leaseMs = 90_000
/** The duty is taken anew when so much of its time is over. */
const renewAfterMs = 30_000
const dayMs = 86_400_000

const runOptions = z.strictObject({
  signal: z.instanceof(AbortSignal).optional(),
  onProgress: z
    .custom<(removed: Readonly<Removed>) => void>(
      (value) => typeof value === 'function',
      'Must be a function',
    )
    .optional(),
  batchSize: z.int().min(1).max(5000).default(500),
})

export interface MaintenanceOptions {
  /** Ends it after the step that is under way. What is left is for the next run. */
  signal?: AbortSignal | undefined
  /** Told of the counts so far before each step. */
  onProgress?: ((removed: Readonly<Removed>) => void) | undefined
  /** How many rows a statement removes, or passes over, at most: 1 to 5000. @default 500 */
  batchSize?: number | undefined
}

export interface MaintenanceReport {
  /**
   * `done`: nothing that is old enough was left. `aborted`: by its signal, by the end of the process, or because another process took
   * over. `busy`: another process is at it, and nothing was done here.
   */
  outcome: 'done' | 'aborted' | 'busy'
  removed: Removed
  durationMs: number
}

/**
 * Removes what is older than `retention` says, in steps so small that other work goes on beside them. Of any number of callers, in any
 * process, one does it. It also ends after a step once `ending` is aborted.
 */
export async function runMaintenance(
  ctx: Context,
  options: MaintenanceOptions,
  ending: AbortSignal,
): Promise<MaintenanceReport> {
  const { signal, onProgress, batchSize } = parseInput(runOptions, options)
  const startedAt = ctx.clock.now()
  const removed = nothingRemoved()
  const report = (outcome: MaintenanceReport['outcome']): MaintenanceReport => ({
    outcome,
    removed: { ...removed },
    durationMs: ctx.clock.now() - startedAt,
  })
  const duty = await takeDuty(ctx)
  if (duty === null) return report('busy')
  const step = smallSteps(ctx.clock, async () => {
    onProgress?.({ ...removed })
    return signal?.aborted !== true && !ending.aborted && duty.keep()
  })
  try {
    await removeAll({ ctx, step, removed, batchSize })
    return tell(ctx, report('done'))
  } catch (error) {
    if (error instanceof Stopped) return tell(ctx, report('aborted'))
    throw error
  } finally {
    await duty.release()
  }
}

async function removeAll(run: Run): Promise<void> {
  const { ctx, step, removed } = run
  await removeHistory(run)
  await removeApiKeys(run)
  removed.apiKeyUsage += await step(async () => forgetUsage(ctx))
  removed.rollups += await step(async () => forgetRollups(ctx))
  removed.requests += await step(async () => forgetRequests(ctx))
  removed.workers += await step(async () => forgetWorkers(ctx))
}

/** Those that have expired, or were revoked, so long ago; and former tokens of the others. */
async function removeApiKeys({ ctx, step, removed, batchSize: limit }: Run): Promise<void> {
  const days = ctx.settings.retention.endedApiKeyDays
  if (days === false) return
  const endedBefore = new Date(ctx.clock.now() - days * dayMs)
  let count = limit
  while (count > 0) {
    count = await step(async () => ctx.storage.forgetApiKeys({ endedBefore, limit }))
    removed.apiKeys += count
  }
}

interface HeldDuty {
  /** False where another has it by now. */
  keep(): Promise<boolean>
  release(): Promise<void>
}

async function takeDuty({ storage, storageTime, clock, logger }: Context): Promise<HeldDuty | null> {
  const duty = { name: dutyName, holder: randomUUID() }
  const take = async (): Promise<boolean> => storage.takeDuty({ ...duty, leaseMs, now: storageTime() })
  let takenAt = clock.now()
  if (!(await take())) return null
  return {
    async keep() {
      if (clock.now() - takenAt < renewAfterMs) return true
      takenAt = clock.now()
      return take()
    },
    async release() {
      await storage.releaseDuty(duty).catch((error: unknown) => {
        logger.warn({ err: error }, 'The maintenance could not be handed over; its lease will lapse')
      })
    },
  }
}

function tell({ logger, observe }: Context, report: MaintenanceReport): MaintenanceReport {
  observe?.({ type: 'maintenance.finished', ...report })
  const count = Object.values(report.removed).reduce((sum, rows) => sum + rows, 0)
  if (count > 0) logger.info({ task: dutyName, count }, 'Rows that are older than the retention were removed')
  return report
}
