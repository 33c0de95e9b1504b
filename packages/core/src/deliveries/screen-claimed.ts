import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { admit, isGuarded } from '../webhooks/admission.ts'
import { filterClaimed, type ReadData } from './filter-claimed.ts'

export interface Sorted {
  /** What may go just so. */
  free: readonly ClaimedDelivery[]
  /** What has to be screened first, webhook by webhook. */
  screened: readonly (readonly ClaimedDelivery[])[]
}

/** What came of screening the deliveries of one webhook. */
export interface Screened {
  sendable: readonly ClaimedDelivery[]
  /** To be cancelled. */
  leftOut: readonly ClaimedDelivery[]
  /** To be given back. */
  refused: readonly ClaimedDelivery[]
}

/** Most webhooks have no filter and let everything through: what goes to them costs a look. */
export function sortClaimed(claimed: readonly ClaimedDelivery[], now: number): Sorted {
  const screened = new Map<StoredWebhook, ClaimedDelivery[]>()
  for (const webhook of new Set(claimed.map(({ webhook }) => webhook)))
    if (isScreened(webhook, now)) screened.set(webhook, [])
  if (screened.size === 0) return { free: claimed, screened: [] }
  const free: ClaimedDelivery[] = []
  for (const one of claimed) (screened.get(one.webhook) ?? free).push(one)
  return { free, screened: [...screened.values()] }
}

/** Of the deliveries of one webhook, those that its filter wants, and as many of them as it lets through. */
export async function screenClaimed(
  ctx: Context,
  claimed: readonly ClaimedDelivery[],
  { readData, now }: { readData: ReadData; now: () => number },
): Promise<Screened> {
  const { wanted, leftOut } = await filterClaimed(claimed, readData)
  const room = await roomFor(ctx, wanted, now())
  return { sendable: wanted.slice(0, room), leftOut, refused: wanted.slice(room) }
}

function isScreened(webhook: StoredWebhook, now: number): boolean {
  return webhook.filter !== null || isGuarded(webhook, now)
}

/** A webhook that is guarded is asked in the database, where all workers ask it. */
async function roomFor(ctx: Context, wanted: readonly ClaimedDelivery[], now: number): Promise<number> {
  const [first] = wanted
  if (first === undefined || !isGuarded(first.webhook, now)) return wanted.length
  const { leaseMs, timeoutMs } = ctx.settings.delivery
  const answerMs = leaseMs + (first.webhook.timeoutMs ?? timeoutMs)
  let room = 0
  await ctx.storage.updateWebhook(first.webhook, (current) => {
    const admission = admit(current, { wanted: wanted.length, now, answerMs })
    room = admission.room
    return admission.changes
  })
  return room
}
