import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { admit, isGuarded, isHeldBack } from '../webhooks/admission.ts'
import { isShaping } from '../webhooks/shape-body.ts'
import { deliveriesOf, type Parcel } from './batch.ts'
import { gatherBatch } from './gather-batch.ts'
import { judgeClaimed, type JudgeOptions } from './judge-claimed.ts'
import { packBatches } from './pack-batches.ts'
import type { Settled } from './shape-claimed.ts'
import type { Slots } from './slots.ts'
import type { ThrottleDraws } from './throttle-draws.ts'
import { waitForCompany } from './wait-for-company.ts'

export interface Sorted {
  /** What may go just so. */
  free: readonly ClaimedDelivery[]
  /** What has to be screened first, webhook by webhook. */
  screened: readonly (readonly ClaimedDelivery[])[]
}

/** What came of screening the deliveries of one webhook. */
export interface Screened {
  sendable: readonly Parcel[]
  /** What has come to something without being sent. */
  settled: readonly Settled[]
  /** To be given back. */
  refused: readonly ClaimedDelivery[]
}

export interface ScreenOptions extends JudgeOptions {
  draws: ThrottleDraws
  /** So many webhooks that are held back, or are to wait, are asked at once: each takes a connection to the database. */
  asking: Slots
  now: () => number
  /** Claims what else is due of a webhook. */
  claimMore: (webhook: StoredWebhook, limit: number) => Promise<readonly ClaimedDelivery[]>
}

/** What of the deliveries of one webhook could go, were they all let through. */
interface Ready extends Pick<Screened, 'settled' | 'refused'> {
  parcels: readonly Parcel[]
  /** Until when some of those that are refused wait for others to go along. */
  lookAgainAt: number | null
}

/** Most webhooks have no filter, take events as they are and let everything through: what goes to them costs a look. */
export function sortClaimed(ctx: Context, claimed: readonly ClaimedDelivery[], now: number): Sorted {
  const screened = new Map<StoredWebhook, ClaimedDelivery[]>()
  for (const webhook of new Set(claimed.map(({ webhook }) => webhook)))
    if (isScreened(ctx, webhook, now)) screened.set(webhook, [])
  if (screened.size === 0) return { free: claimed, screened: [] }
  const free: ClaimedDelivery[] = []
  for (const one of claimed) (screened.get(one.webhook) ?? free).push(one)
  return { free, screened: [...screened.values()] }
}

/**
 * Of the deliveries of one webhook, those that its filter wants, shaped as it has it, and as many of them as it lets through: by
 * themselves, or several by one request.
 */
export async function screenClaimed(
  ctx: Context,
  claimed: readonly ClaimedDelivery[],
  options: ScreenOptions,
): Promise<Screened> {
  const [first] = claimed
  if (first === undefined) return { sendable: [], settled: [], refused: [] }
  const { webhook } = first
  const { parcels, settled, refused, lookAgainAt } = await makeReady(ctx, webhook, claimed, options)
  const room = await roomFor(ctx, webhook, parcels.length, options)
  // Where not all may go, it waits for that.
  if (lookAgainAt !== null && room === parcels.length)
    await options.asking.run(async () =>
      waitForCompany(ctx, webhook, { now: options.now(), until: lookAgainAt }),
    )
  const late = deliveriesOf(parcels.slice(room))
  return { sendable: parcels.slice(0, room), settled, refused: [...late, ...refused] }
}

async function makeReady(
  ctx: Context,
  webhook: StoredWebhook,
  claimed: readonly ClaimedDelivery[],
  options: ScreenOptions,
): Promise<Ready> {
  const { batch } = webhook
  if (batch === null) {
    const { ready, settled, lost } = await judgeClaimed(ctx, claimed, options)
    return { parcels: ready, settled, refused: lost, lookAgainAt: null }
  }
  const { ready, settled, lost, isAll } = await gatherBatch(claimed, batch, {
    claimMore: async (limit) => options.claimMore(webhook, limit),
    judge: async (more) => judgeClaimed(ctx, more, options),
  })
  const { batches, early, lookAgainAt } = packBatches(webhook, batch, ready, options.now())
  return { parcels: batches, settled, refused: [...early, ...lost], lookAgainAt: isAll ? lookAgainAt : null }
}

function isScreened(ctx: Context, webhook: StoredWebhook, now: number): boolean {
  return (
    webhook.filter !== null || webhook.batch !== null || isShaping(ctx, webhook) || isGuarded(webhook, now)
  )
}

/** Throttles and circuits are asked in the database, where all workers ask them. */
async function roomFor(
  ctx: Context,
  webhook: StoredWebhook,
  wanted: number,
  { draws, asking, now }: Pick<ScreenOptions, 'draws' | 'asking' | 'now'>,
): Promise<number> {
  if (wanted === 0) return 0
  if (isHeldBack(webhook, now()))
    return asking.run(async () => roomBehindCircuit(ctx, webhook, wanted, now()))
  if (webhook.throttle === null) return wanted
  const { organizationId, id } = webhook
  return draws.draw({ organizationId, id, wanted })
}

async function roomBehindCircuit(
  ctx: Context,
  webhook: StoredWebhook,
  wanted: number,
  now: number,
): Promise<number> {
  const { leaseMs, timeoutMs } = ctx.settings.delivery
  const answerMs = leaseMs + (webhook.timeoutMs ?? timeoutMs)
  let room = 0
  await ctx.storage.updateWebhook(webhook, (current) => {
    const admission = admit(current, { wanted, now, answerMs })
    room = admission.room
    return admission.changes
  })
  return room
}
