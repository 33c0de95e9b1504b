import { z } from 'zod'
import type { Context } from '../context.ts'
import { LeadhooksError, notFound } from '../errors.ts'
import { date, eventTypeName, id, organizationId, parseInput, scoped, text } from '../input.ts'
import { type BulkReplay, type BulkReplayStatus, replayableStatuses } from '../model/bulk-replay.ts'
import { type List, pageInput, readPage } from '../pages.ts'
import {
  earlier,
  type ReplayManyResult,
  showBulkReplay,
  startBulkReplay,
  storageNow,
} from './start-bulk-replay.ts'

export const perSecond = z
  .int()
  .min(1)
  .max(1000)
  .default(50)
  .meta({ description: 'How many are replayed in a second' })
export const idempotencyKey = text(255).optional()

export const replayRequest = z.strictObject({
  webhookId: id.optional(),
  eventType: eventTypeName.optional(),
  status: z
    .enum(replayableStatuses)
    .default('dead_letter')
    .meta({ description: 'How the deliveries ended that are replayed' }),
  since: date.optional().meta({ description: 'Made then or later' }),
  until: date.optional().meta({ description: 'Made before this, and before now in any case' }),
  perSecond,
  dryRun: z.boolean().default(false).meta({ description: 'Only counts what would be replayed' }),
})

const replayManyInput = replayRequest.extend({ organizationId, idempotencyKey })
export type ReplayManyInput = z.input<typeof replayManyInput>

/**
 * Replays all deliveries that match, in the background and across restarts: any worker goes on with it. The same
 * `idempotencyKey` once more answers the first one.
 *
 * Throws `not_found` for an unknown webhook, and `conflict` for a key that was used for something else.
 */
export async function replayMany(ctx: Context, input: ReplayManyInput): Promise<ReplayManyResult> {
  const { dryRun, until, idempotencyKey: key = null, ...wanted } = parseInput(replayManyInput, input)
  const now = await storageNow(ctx)
  const filter = {
    organizationId: wanted.organizationId,
    webhookId: wanted.webhookId ?? null,
    eventType: wanted.eventType ?? null,
    status: wanted.status,
    since: wanted.since ?? null,
    until: earlier(until, now),
  }
  await checkWebhook(ctx, filter)
  const total = await ctx.storage.countReplayable(filter)
  if (dryRun) return { total, replay: null }
  const replay = { ...filter, kind: 'replay', includeFailed: false, perSecond: wanted.perSecond } as const
  return startBulkReplay(ctx, { ...replay, idempotencyKey: key }, { total, now, until })
}

async function checkWebhook(
  ctx: Context,
  { organizationId, webhookId }: Pick<BulkReplay, 'organizationId' | 'webhookId'>,
): Promise<void> {
  if (webhookId === null) return
  const webhook = await ctx.storage.findWebhook({ organizationId, id: webhookId })
  if (webhook === null) throw notFound('webhook', webhookId)
}

export async function getBulkReplay(ctx: Context, input: z.input<typeof scoped>): Promise<BulkReplay> {
  const replay = parseInput(scoped, input)
  const found = await ctx.storage.findBulkReplay(replay)
  if (found === null) throw notFound('bulk replay', replay.id)
  return showBulkReplay(found)
}

const listInput = pageInput.extend({ organizationId })
export type ListBulkReplaysInput = z.input<typeof listInput>

export async function listBulkReplays(ctx: Context, input: ListBulkReplaysInput): Promise<List<BulkReplay>> {
  const { organizationId: owner, ...page } = parseInput(listInput, input)
  return readPage(
    page,
    (rows) => ctx.storage.listBulkReplays({ organizationId: owner, ...rows }),
    showBulkReplay,
  )
}

const changes = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['running', 'paused'], to: 'cancelled' },
} as const satisfies Record<string, { from: BulkReplayStatus[]; to: BulkReplayStatus }>

/** Throws `conflict` where it is in no state for that. */
export async function changeBulkReplay(
  ctx: Context,
  input: z.input<typeof scoped>,
  change: keyof typeof changes,
): Promise<BulkReplay> {
  const replay = parseInput(scoped, input)
  const changed = await ctx.storage.changeReplayState({ ...replay, now: ctx.storageTime() }, changes[change])
  if (changed !== null) return showBulkReplay(changed)
  const found = await ctx.storage.findBulkReplay(replay)
  if (found === null) throw notFound('bulk replay', replay.id)
  throw new LeadhooksError(
    'conflict',
    `The bulk replay "${replay.id}" is ${found.state}: it cannot ${change}`,
  )
}
