import { randomUUID } from 'node:crypto'
import type { Context } from '../context.ts'
import { recurring } from '../deliveries/recurring.ts'
import { runMaintenance } from './run-maintenance.ts'

const askEveryMs = 60_000

/**
 * Runs the maintenance every `retention.intervalMs`, in one of all processes. That it was run is a duty which nobody gives back: it lapses
 * when the next run is due, so that restarts bring it neither forward nor back. The function it returns ends that; a run that is under
 * way stops after its step.
 */
export function scheduleMaintenance(ctx: Context): () => Promise<void> {
  const abort = new AbortController()
  const end = recurring(ctx, 'maintenance', askEveryMs, async () => {
    const turn = { name: 'maintenance-turn', holder: randomUUID() }
    const { intervalMs: leaseMs } = ctx.settings.retention
    if (!(await ctx.storage.takeDuty({ ...turn, leaseMs, now: ctx.storageTime() }))) return
    let isDone = false
    try {
      const { outcome } = await runMaintenance(ctx, {}, abort.signal)
      isDone = outcome === 'done'
    } finally {
      if (!isDone) await ctx.storage.releaseDuty(turn)
    }
  })
  return async () => {
    abort.abort()
    await end()
  }
}
