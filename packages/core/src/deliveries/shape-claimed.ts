import { setImmediate } from 'node:timers/promises'
import type { Context } from '../context.ts'
import type { ShapedBody } from '../model/delivery.ts'
import type { ClaimedDelivery, Settlement } from '../storage/storage.ts'
import { isShaping, isUnshapeable, shapeBody } from '../webhooks/shape-body.ts'
import type { BodyKeeper } from './body-keeper.ts'

export interface Shaped {
  /** To be sent, in the order given, with the body that they have now. */
  ready: readonly ClaimedDelivery[]
  /** Of which nothing can be made, or not now. */
  settled: readonly Settled[]
  /** Those that somebody else has by now. */
  lost: readonly ClaimedDelivery[]
}

/** A claimed delivery with what came of it before it was sent. */
export interface Settled {
  claimed: ClaimedDelivery
  settlement: Settlement
}

interface Made {
  claimed: ClaimedDelivery
  shaped: ShapedBody
}

/** So many characters are shaped in one go; then requests and answers have their turn. */
const charactersAtOnce = 16_384
const shortestDelayMs = 1000
const longestDelayMs = 5 * 60_000

/**
 * Makes the bodies of deliveries before their first request, and keeps them: whatever becomes of the webhook or of the host's
 * function, a delivery sends the same from then on.
 */
export async function shapeClaimed(
  ctx: Context,
  claimed: readonly ClaimedDelivery[],
  keeper: BodyKeeper,
): Promise<Shaped> {
  const unshaped = claimed.filter((one) => isToShape(ctx, one))
  if (unshaped.length === 0) return { ready: claimed, settled: [], lost: [] }
  const results = await shapeAll(ctx, unshaped)
  const settled = results.filter((result) => 'settlement' in result)
  const made = results.filter((result) => 'shaped' in result)
  const bodies = made.map(({ claimed: { id, lease }, shaped }) => ({ id, lease, ...shaped }))
  const isKept = await keeper.keep(bodies)
  for (const [index, one] of made.entries()) if (isKept[index] === true) takeOn(one)
  const lost = made.filter((_, index) => isKept[index] !== true).map((one) => one.claimed)
  const gone = new Set([...lost, ...settled.map((one) => one.claimed)])
  return { ready: claimed.filter((one) => !gone.has(one)), settled, lost }
}

/** Side by side: the function of the host may take its time. */
async function shapeAll(ctx: Context, claimed: readonly ClaimedDelivery[]): Promise<(Made | Settled)[]> {
  const results: Promise<Made | Settled>[] = []
  let characters = 0
  for (const one of claimed) {
    results.push(shapeOne(ctx, one))
    characters += one.event.body.length
    if (characters < charactersAtOnce) continue
    characters = 0
    await setImmediate()
  }
  return Promise.all(results)
}

/** Not so one that has failed: what it sent was the event's own body, and is so again. A lost one may never have been sent. */
function isToShape(ctx: Context, { status, shapedAs, webhook }: ClaimedDelivery): boolean {
  return status === 'pending' && shapedAs === null && isShaping(ctx, webhook)
}

async function shapeOne(ctx: Context, claimed: ClaimedDelivery): Promise<Made | Settled> {
  try {
    return { claimed, shaped: await shapeBody(ctx, claimed.webhook, claimed.event) }
  } catch (error) {
    const { id, lease, webhook } = claimed
    const isFinal = isUnshapeable(error)
    ctx.logger.error(
      { err: error, deliveryId: id, webhookId: webhook.id },
      isFinal ? 'A delivery cannot be shaped: it is given up' : 'A delivery could not be shaped: it waits',
    )
    const next: Settlement['next'] = isFinal
      ? { status: 'dead_letter', reason: 'unshapeable' }
      : { status: 'retrying', delayMs: delayOf(claimed, ctx.clock.now()) }
    return { claimed, settlement: { id, lease, attempt: null, next } }
  }
}

/** It waits for as long as it has waited: twice as long each time, with nothing to count. */
function delayOf({ createdAt }: ClaimedDelivery, now: number): number {
  return Math.min(Math.max(now - createdAt.getTime(), shortestDelayMs), longestDelayMs)
}

function takeOn({ claimed, shaped: { format, body } }: Made): void {
  if (body !== null) claimed.event = { ...claimed.event, body }
  claimed.shapedAs = format
}
