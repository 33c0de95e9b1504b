import type { Context } from '../context.ts'
import type { FinishedStatus } from '../model/retention.ts'
import type { PagePosition } from '../storage/storage.ts'
import type { Removed } from './removed.ts'
import { endedBefore } from './retention-input.ts'
import type { Step } from './small-steps.ts'

/** What a run works with. */
export interface Run {
  ctx: Context
  step: Step
  removed: Removed
  /** So many rows are removed, or passed over, by one statement: none runs long. */
  batchSize: number
}

const statuses: readonly FinishedStatus[] = ['delivered', 'dead_letter', 'cancelled']
const organizationsAtOnce = 100

/** Removes what is old of every organization, one after the other. */
export async function removeHistory(run: Run): Promise<void> {
  const { ctx, step } = run
  let afterId = ''
  for (;;) {
    const query = { afterId, limit: organizationsAtOnce }
    const owners = await step(async () => ctx.storage.listRetentions(query))
    for (const { organizationId, retention } of owners) {
      const before = endedBefore(ctx.settings, retention, ctx.clock.now())
      for (const status of statuses) await removeDeliveries(run, organizationId, status, before[status])
      await removeEvents(run, organizationId, before.delivered)
      await removeBulkReplays(run, organizationId, before.others)
    }
    const last = owners.at(-1)
    if (last === undefined || owners.length < organizationsAtOnce) return
    afterId = last.organizationId
  }
}

async function removeDeliveries(
  { ctx, step, removed, batchSize }: Run,
  organizationId: string,
  status: FinishedStatus,
  finishedBefore: Date | null,
): Promise<void> {
  if (finishedBefore === null) return
  await walk(async (after) => {
    const batch = { organizationId, status, finishedBefore, after, limit: batchSize }
    const { deliveries, attempts, last } = await step(async () => ctx.storage.forgetDeliveries(batch))
    removed.deliveries += deliveries
    removed.attempts += attempts
    return last
  })
}

/** Those that no delivery needs any more. One that never had any goes with those whose deliveries were made. */
async function removeEvents(
  { ctx, step, removed, batchSize }: Run,
  organizationId: string,
  createdBefore: Date | null,
): Promise<void> {
  if (createdBefore === null) return
  await walk(async (after) => {
    const batch = { organizationId, createdBefore, after, limit: batchSize }
    const { events, last } = await step(async () => ctx.storage.forgetEvents(batch))
    removed.events += events
    return last
  })
}

/** With their idempotency keys. */
async function removeBulkReplays(
  { ctx, step, removed, batchSize: limit }: Run,
  organizationId: string,
  finishedBefore: Date | null,
): Promise<void> {
  if (finishedBefore === null) return
  const batch = { organizationId, finishedBefore, limit }
  let count = limit
  while (count === limit) {
    count = await step(async () => ctx.storage.forgetBulkReplays(batch))
    removed.bulkReplays += count
  }
}

/** Goes on behind the last row that a step has looked at, until there is none. */
async function walk(next: (after: PagePosition | null) => Promise<PagePosition | null>): Promise<void> {
  let after = await next(null)
  while (after !== null) after = await next(after)
}
