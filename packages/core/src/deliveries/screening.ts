import type { Context } from '../context.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { isBatch, type Parcel } from './batch.ts'
import { BodyKeeper } from './body-keeper.ts'
import { type ReadData, readDataOnce } from './filter-claimed.ts'
import { screenClaimed, type Screened, type ScreenOptions } from './screen-claimed.ts'
import { Slots } from './slots.ts'
import { ThrottleDraws } from './throttle-draws.ts'

/** So many webhooks are screened at once, */
const mostAtOnce = 16
/** and so many of those that are held back are asked: each takes a connection to the database. */
const mostAsked = 4
/** A webhook that could not be screened is left alone for so long, that no claim brings it again at once. */
const restMs = 1000

/** Deliveries of one webhook. */
interface Group {
  webhookId: string
  claimed: readonly ClaimedDelivery[]
  /** How many of them a claim for all brought, and not one for this webhook alone. */
  count: number
  readData: ReadData
}

export interface ScreeningOptions {
  now: () => number
  /** Claims what else is due of a webhook. */
  claimMore: ScreenOptions['claimMore']
  onScreened: (screened: Screened) => void
  /** Told of what could not be screened. */
  onFailed: (claimed: readonly ClaimedDelivery[]) => void
}

/**
 * Screens what was claimed for webhooks with a filter, a format of their own, batches, a throttle, an open circuit or a maintenance
 * window, beside the claims: one of them that is locked or slow to tell keeps no other waiting. As long as a webhook is here it is
 * given nothing more, but for what it claims to fill a batch.
 */
export class Screening {
  readonly #ctx: Context
  readonly #options: ScreeningOptions
  readonly #keeper: BodyKeeper
  readonly #draws: ThrottleDraws
  readonly #asking = new Slots(mostAsked)
  readonly #groups = new Set<Group>()
  readonly #queue: Group[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #rests = new Set<() => void>()

  constructor(ctx: Context, options: ScreeningOptions) {
    this.#ctx = ctx
    this.#options = options
    this.#keeper = new BodyKeeper(ctx)
    this.#draws = new ThrottleDraws(ctx)
  }

  /** How many deliveries are here that count where others are claimed. */
  get size(): number {
    let size = 0
    for (const { claimed, count } of this.#groups) size += Math.min(claimed.length, count)
    return size
  }

  /** Whether deliveries of a webhook are here. */
  has(webhookId: string): boolean {
    for (const group of this.#groups) if (group.webhookId === webhookId) return true
    return false
  }

  /** Takes in what one claim brought, webhook by webhook. */
  add(screened: readonly (readonly ClaimedDelivery[])[]): void {
    const readData = readDataOnce()
    for (const claimed of screened) {
      const group = { webhookId: claimed[0]?.webhook.id ?? '', claimed, count: claimed.length, readData }
      this.#groups.add(group)
      this.#queue.push(group)
    }
    this.#runNext()
  }

  /** Leaves no room for the webhooks that are here. */
  close(room: Map<string, number>): void {
    for (const { webhookId } of this.#groups) room.set(webhookId, 0)
  }

  /** Hands over what is wanted back, and will come of nothing here. */
  take(isWanted: (claimed: ClaimedDelivery) => boolean): ClaimedDelivery[] {
    const taken: ClaimedDelivery[] = []
    for (const group of this.#groups) {
      const wanted = group.claimed.filter(isWanted)
      if (wanted.length === 0) continue
      taken.push(...wanted)
      group.claimed = group.claimed.filter((claimed) => !isWanted(claimed))
    }
    return taken
  }

  /** Begins with nothing more, hands over what has not been begun with, and waits for the rest. */
  async stop(): Promise<ClaimedDelivery[]> {
    const left: ClaimedDelivery[] = []
    for (const group of this.#queue.splice(0)) {
      left.push(...group.claimed)
      this.#groups.delete(group)
    }
    for (const cancel of this.#rests) cancel()
    await Promise.all(this.#running)
    return left
  }

  #runNext(): void {
    while (this.#running.size < mostAtOnce) {
      const group = this.#queue.shift()
      if (group === undefined) return
      const run = this.#run(group).finally(() => {
        this.#running.delete(run)
        this.#runNext()
      })
      this.#running.add(run)
    }
  }

  async #run(group: Group): Promise<void> {
    try {
      const { claimed, readData } = group
      const { now } = this.#options
      const claimMore: ScreenOptions['claimMore'] = async (webhook, limit) => {
        const more = await this.#options.claimMore(webhook, limit)
        group.claimed = [...group.claimed, ...more]
        return more
      }
      const shared = { keeper: this.#keeper, draws: this.#draws, asking: this.#asking }
      const tools = { readData, ...shared, now, claimMore }
      const screened = await screenClaimed(this.#ctx, claimed, tools)
      this.#groups.delete(group)
      this.#options.onScreened(group.claimed === claimed ? screened : stillHere(screened, group.claimed))
    } catch (error) {
      this.#ctx.logger.error(
        { err: error, webhookId: group.webhookId },
        'It cannot be told which deliveries of a webhook may go; trying again',
      )
      this.#options.onFailed(group.claimed)
      this.#rest(group)
    }
  }

  #rest(group: Group): void {
    group.claimed = []
    const cancel = this.#ctx.clock.schedule(() => {
      this.#rests.delete(cancel)
      this.#groups.delete(group)
    }, restMs)
    this.#rests.add(cancel)
  }
}

/** Without what was taken or given back meanwhile. */
function stillHere({ sendable, settled, refused }: Screened, claimed: readonly ClaimedDelivery[]): Screened {
  const here = new Set(claimed)
  const isHere = (one: ClaimedDelivery): boolean => here.has(one)
  return {
    sendable: sendable.flatMap((parcel) => stillIn(parcel, isHere)),
    settled: settled.filter((one) => isHere(one.claimed)),
    refused: refused.filter(isHere),
  }
}

function stillIn(parcel: Parcel, isHere: (one: ClaimedDelivery) => boolean): Parcel[] {
  if (!isBatch(parcel)) return isHere(parcel) ? [parcel] : []
  const batched = parcel.batched.filter(isHere)
  return batched.length === 0 ? [] : [{ ...parcel, batched }]
}
