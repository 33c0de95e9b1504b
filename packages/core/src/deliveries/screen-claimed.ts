import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery, WebhookChanges } from '../storage/storage.ts'
import { admit, isGuarded } from '../webhooks/admission.ts'
import { isShaping } from '../webhooks/shape-body.ts'
import type { BodyKeeper } from './body-keeper.ts'
import { filterClaimed, filteredOut, type ReadData } from './filter-claimed.ts'
import { type Settled, shapeClaimed } from './shape-claimed.ts'
import type { Slots } from './slots.ts'

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
  /** So many webhooks are asked at once: each takes a connection to the database. */
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
  { readData, keeper, asking, now }: ScreenOptions,
): Promise<Screened> {
  const { wanted, leftOut } = await filterClaimed(claimed, readData)
  const { ready, settled, lost } = await shapeClaimed(ctx, wanted, keeper)
  const room = await roomFor(ctx, ready, { asking, now: now() })
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

/** A webhook that is guarded is asked in the database, where all workers ask it. */
async function roomFor(
  ctx: Context,
  wanted: readonly ClaimedDelivery[],
  { asking, now }: { asking: Slots; now: number },
): Promise<number> {
  const [first] = wanted
  if (first === undefined || !isGuarded(first.webhook, now)) return wanted.length
  const { leaseMs, timeoutMs } = ctx.settings.delivery
  const answerMs = leaseMs + (first.webhook.timeoutMs ?? timeoutMs)
  let room = 0
  const ask = (current: StoredWebhook): WebhookChanges | null => {
    const admission = admit(current, { wanted: wanted.length, now, answerMs })
    room = admission.room
    return admission.changes
  }
  await asking.run(async () => ctx.storage.updateWebhook(first.webhook, ask))
  return room
}
