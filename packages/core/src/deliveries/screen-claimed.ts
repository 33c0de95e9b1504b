import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { admit, isGuarded, isHeldBack } from '../webhooks/admission.ts'
import { isShaping } from '../webhooks/shape-body.ts'
import type { BodyKeeper } from './body-keeper.ts'
import { filterClaimed, filteredOut, type ReadData } from './filter-claimed.ts'
import { type Settled, shapeClaimed } from './shape-claimed.ts'
import type { Slots } from './slots.ts'
import type { ThrottleDraws } from './throttle-draws.ts'

export interface Sorted {
  /** What may go just so. */
  free: readonly ClaimedDelivery[]
  /** What has to be screened first, webhook by webhook. */
  screened: readonly (readonly ClaimedDelivery[])[]
}

/** What came of screening the deliveries of one webhook. */
export interface Screened {
  sendable: readonly ClaimedDelivery[]
  /** What has come to something without being sent. */
  settled: readonly Settled[]
  /** To be given back. */
  refused: readonly ClaimedDelivery[]
}

export interface ScreenOptions {
  readData: ReadData
  keeper: BodyKeeper
  draws: ThrottleDraws
  /** So many webhooks that are held back are asked at once: each takes a connection to the database. */
  asking: Slots
  now: () => number
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

/** Of the deliveries of one webhook, those that its filter wants, shaped as it has it, and as many of them as it lets through. */
export async function screenClaimed(
  ctx: Context,
  claimed: readonly ClaimedDelivery[],
  { readData, keeper, ...guards }: ScreenOptions,
): Promise<Screened> {
  const { wanted, leftOut } = await filterClaimed(claimed, readData)
  const { ready, settled, lost } = await shapeClaimed(ctx, wanted, keeper)
  const room = await roomFor(ctx, ready, guards)
  const cancelled = leftOut.map((one) => ({ claimed: one, settlement: filteredOut(one) }))
  return {
    sendable: ready.slice(0, room),
    settled: [...cancelled, ...settled],
    refused: [...ready.slice(room), ...lost],
  }
}

function isScreened(ctx: Context, webhook: StoredWebhook, now: number): boolean {
  return webhook.filter !== null || isShaping(ctx, webhook) || isGuarded(webhook, now)
}

/** Throttles and circuits are asked in the database, where all workers ask them. */
async function roomFor(
  ctx: Context,
  wanted: readonly ClaimedDelivery[],
  { draws, asking, now }: Pick<ScreenOptions, 'draws' | 'asking' | 'now'>,
): Promise<number> {
  const [first] = wanted
  if (first === undefined) return 0
  const { webhook } = first
  if (isHeldBack(webhook, now()))
    return asking.run(async () => roomBehindCircuit(ctx, webhook, wanted.length, now()))
  if (webhook.throttle === null) return wanted.length
  const { organizationId, id } = webhook
  return draws.draw({ organizationId, id, wanted: wanted.length })
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
