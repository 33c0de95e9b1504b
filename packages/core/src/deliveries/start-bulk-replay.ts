import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import { newBulkReplayId } from '../ids.ts'
import type { BulkReplay, StoredBulkReplay } from '../model/bulk-replay.ts'

/** What would be made, and what does it: null on a dry run. */
export interface ReplayManyResult {
  total: number
  replay: BulkReplay | null
}

const wantedFields = [
  'kind',
  'webhookId',
  'eventType',
  'status',
  'includeFailed',
  'since',
  'until',
  'perSecond',
] as const

/** What a bulk replay is to do, at a rate. */
export type Wanted = Pick<
  StoredBulkReplay,
  (typeof wantedFields)[number] | 'organizationId' | 'idempotencyKey'
>

/** Throws `conflict` for an idempotency key that was used for something else. `until`: as the caller has said it. */
export async function startBulkReplay(
  ctx: Context,
  wanted: Wanted,
  { total, now, until }: { total: number; now: Date; until: Date | undefined },
): Promise<ReplayManyResult> {
  const stored = await ctx.storage.insertBulkReplay({
    id: newBulkReplayId(now.getTime()),
    ...wanted,
    state: 'running',
    total,
    replayed: 0,
    skipped: 0,
    createdAt: now,
    finishedAt: null,
    afterCreatedAt: null,
    afterId: null,
  })
  checkSame(stored, { ...wanted, until: earlier(until, stored.createdAt) })
  return { total: stored.total, replay: showBulkReplay(stored) }
}

/** By the clock that deliveries are made by: what the replay itself makes is later than that. */
export async function storageNow(ctx: Context): Promise<Date> {
  return ctx.storageTime() ?? (await ctx.storage.currentTime?.()) ?? new Date(ctx.clock.now())
}

export function earlier(until: Date | undefined, now: Date): Date {
  return until === undefined || until > now ? now : until
}

function checkSame(stored: StoredBulkReplay, wanted: Wanted): void {
  if (wantedFields.every((field) => stored[field]?.valueOf() === wanted[field]?.valueOf())) return
  throw new LeadhooksError(
    'conflict',
    `This idempotency key was used for another bulk replay, "${stored.id}": take a new key for a new one`,
  )
}

export function showBulkReplay(stored: StoredBulkReplay): BulkReplay {
  const { idempotencyKey: _key, afterCreatedAt: _createdAt, afterId: _id, ...replay } = stored
  return replay
}
