import { z } from 'zod'
import type { Context } from '../context.ts'
import { idempotencyKey, perSecond } from '../deliveries/replay-many.ts'
import {
  earlier,
  type ReplayManyResult,
  startBulkReplay,
  storageNow,
} from '../deliveries/start-bulk-replay.ts'
import { notFound } from '../errors.ts'
import { date, parseInput, scoped } from '../input.ts'
import type { RecoveryFilter } from '../model/bulk-replay.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { MissedCount } from '../storage/storage.ts'

/** How many events are counted by one statement. */
const countedAtOnce = 5000

export const recoveryRequest = z.strictObject({
  since: date.meta({ description: 'Events dispatched then or later' }),
  until: date.optional().meta({ description: 'Dispatched before this, and before now in any case' }),
  includeFailed: z.boolean().default(false).meta({
    description:
      'Not only events that were never sent to it, but also those whose deliveries were all given up or cancelled',
  }),
  perSecond,
  dryRun: z.boolean().default(false).meta({ description: 'Only counts what would be sent' }),
})

const recoverInput = scoped.extend({ ...recoveryRequest.shape, idempotencyKey })
export type RecoverWebhookInput = z.input<typeof recoverInput>

/**
 * Sends a webhook the events of its organization that it has missed, in the background and across restarts. The same
 * `idempotencyKey` once more answers the first recovery.
 *
 * Throws `not_found` for an unknown webhook, and `conflict` for a key that was used for something else.
 */
export async function recoverWebhook(ctx: Context, input: RecoverWebhookInput): Promise<ReplayManyResult> {
  const { organizationId, id, ...wanted } = parseInput(recoverInput, input)
  const now = await storageNow(ctx)
  const { since, includeFailed } = wanted
  const filter = { since, until: earlier(wanted.until, now), includeFailed }
  const webhook = await ctx.storage.findWebhook({ organizationId, id })
  if (webhook === null) throw notFound('webhook', id)
  const total = await countMissed(ctx, webhook, filter)
  if (wanted.dryRun) return { total, replay: null }
  const recovery = {
    organizationId,
    kind: 'recovery',
    webhookId: id,
    eventType: null,
    status: null,
    ...filter,
    perSecond: wanted.perSecond,
    idempotencyKey: wanted.idempotencyKey ?? null,
  } as const
  return startBulkReplay(ctx, recovery, { total, now, until: wanted.until })
}

/** However many events there are, no statement counts for long. */
async function countMissed(ctx: Context, webhook: StoredWebhook, filter: RecoveryFilter): Promise<number> {
  let total = 0
  let counted: MissedCount
  let after: MissedCount['last'] = null
  do {
    const query = { ...filter, webhook, after: after ?? undefined, lookThrough: countedAtOnce }
    counted = await ctx.storage.countMissed(query)
    total += counted.missed
    after = counted.last
  } while (after !== null)
  return total
}
