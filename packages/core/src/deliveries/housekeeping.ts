import { randomUUID } from 'node:crypto'
import type { Context } from '../context.ts'
import { foldRollups, forgetRollups } from '../analytics/keep-rollups.ts'
import { forgetUsage } from '../api-keys/forget-usage.ts'
import { remindOfApiKeys } from '../api-keys/remind.ts'
import { goOnErasing } from '../erase-organization.ts'
import { forgetChanges } from '../live/forget-changes.ts'
import { forgetWorkers } from '../read-workers.ts'
import { forgetRequests } from '../forget-requests.ts'
import { forgetDuties } from '../forget-duties.ts'
import { expireDeliveries } from './expire-deliveries.ts'
import { recurring } from './recurring.ts'
import { rotateDueSecrets } from '../webhooks/rotate-due-secrets.ts'
import { sealCredentialsAnew } from '../webhooks/seal-credentials-anew.ts'

const intervalMs = 60_000
/** What was settled in so long has to be added up by whoever reads figures. */
const foldIntervalMs = 10_000
/** Longer than from one turn to the next, so that whoever has the duty keeps it. */
const leaseMs = 90_000

const tasks = [
  expireDeliveries,
  remindOfApiKeys,
  forgetUsage,
  forgetRollups,
  forgetWorkers,
  forgetChanges,
  rotateDueSecrets,
  sealCredentialsAnew,
  goOnErasing,
  forgetRequests,
  forgetDuties,
]

/**
 * Sees to what one worker of all has to see to, while this one has the duty. The function it returns ends that, and hands
 * the duty over: another worker has it at its next turn.
 */
export function startHousekeeping(ctx: Context): () => Promise<void> {
  const duty = { name: 'housekeeping', holder: randomUUID() }
  let isOurs = false

  const end = recurring(ctx, 'housekeeping', intervalMs, async () => {
    isOurs = await ctx.storage.takeDuty({ ...duty, leaseMs, now: ctx.storageTime() })
    if (!isOurs) return
    for (const task of tasks) await attempt(ctx, task)
  })

  const endFolding = recurring(ctx, 'fold rollups', foldIntervalMs, async () => {
    if (isOurs) await foldRollups(ctx)
  })

  return async () => {
    await Promise.all([end(), endFolding()])
    if (!isOurs) return
    try {
      await ctx.storage.releaseDuty(duty)
    } catch (error) {
      ctx.logger.warn({ err: error }, 'The housekeeping could not be handed over; its lease will lapse')
    }
  }
}

/** One task that fails keeps no other from being done. */
async function attempt(ctx: Context, task: (ctx: Context) => Promise<unknown>): Promise<void> {
  try {
    await task(ctx)
  } catch (error) {
    ctx.logger.error(
      { err: error, task: task.name },
      'A part of the housekeeping failed; it will be tried again',
    )
  }
}
