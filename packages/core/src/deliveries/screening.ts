import type { Context } from '../context.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { BodyKeeper } from './body-keeper.ts'
import { type ReadData, readDataOnce } from './filter-claimed.ts'
import { screenClaimed, type Screened } from './screen-claimed.ts'
import { Slots } from './slots.ts'
import { ThrottleDraws } from './throttle-draws.ts'

/** So many webhooks are screened at once, */
const mostAtOnce = 16
/** and so many of those that are held back are asked: each takes a connection to the database. */
const mostAsked = 4
/** A webhook that could not be screened is left alone for so long, that no claim brings it again at once. */
const restMs = 1000

/** Deliveries of one webhook. */
interface Batch {
  webhookId: string
  claimed: readonly ClaimedDelivery[]
  readData: ReadData
}

export interface ScreeningOptions {
  now: () => number
  onScreened: (screened: Screened) => void
  /** Told of what could not be screened. */
  onFailed: (claimed: readonly ClaimedDelivery[]) => void
}

/**
 * Screens what was claimed for webhooks with a filter, a format of their own, a throttle, an open circuit or a maintenance window,
 * beside the claims: one of them that is locked or slow to tell keeps no other waiting. As long as a webhook is here it is given nothing more.
 */
export class Screening {
  readonly #ctx: Context
  readonly #options: ScreeningOptions
  readonly #keeper: BodyKeeper
  readonly #draws: ThrottleDraws
  readonly #asking = new Slots(mostAsked)
  readonly #batches = new Set<Batch>()
  readonly #queue: Batch[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #rests = new Set<() => void>()

  constructor(ctx: Context, options: ScreeningOptions) {
    this.#ctx = ctx
    this.#options = options
    this.#keeper = new BodyKeeper(ctx)
    this.#draws = new ThrottleDraws(ctx)
  }

  /** How many deliveries are here. */
  get size(): number {
    let size = 0
    for (const { claimed } of this.#batches) size += claimed.length
    return size
  }

  /** Takes in what one claim brought, webhook by webhook. */
  add(screened: readonly (readonly ClaimedDelivery[])[]): void {
    const readData = readDataOnce()
    for (const claimed of screened) {
      const batch = { webhookId: claimed[0]?.webhook.id ?? '', claimed, readData }
      this.#batches.add(batch)
      this.#queue.push(batch)
    }
    this.#runNext()
  }

  /** Leaves no room for the webhooks that are here. */
  close(room: Map<string, number>): void {
    for (const { webhookId } of this.#batches) room.set(webhookId, 0)
  }

  /** Hands over what is wanted back, and will come of nothing here. */
  take(isWanted: (claimed: ClaimedDelivery) => boolean): ClaimedDelivery[] {
    const taken: ClaimedDelivery[] = []
    for (const batch of this.#batches) {
      taken.push(...batch.claimed.filter(isWanted))
      batch.claimed = batch.claimed.filter((claimed) => !isWanted(claimed))
    }
    return taken
  }

  /** Begins with nothing more, hands over what has not been begun with, and waits for the rest. */
  async stop(): Promise<ClaimedDelivery[]> {
    const left: ClaimedDelivery[] = []
    for (const batch of this.#queue.splice(0)) {
      left.push(...batch.claimed)
      this.#batches.delete(batch)
    }
    for (const cancel of this.#rests) cancel()
    await Promise.all(this.#running)
    return left
  }

  #runNext(): void {
    while (this.#running.size < mostAtOnce) {
      const batch = this.#queue.shift()
      if (batch === undefined) return
      const run = this.#run(batch).finally(() => {
        this.#running.delete(run)
        this.#runNext()
      })
      this.#running.add(run)
    }
  }

  async #run(batch: Batch): Promise<void> {
    try {
      const { readData } = batch
      const { now } = this.#options
      const tools = { readData, keeper: this.#keeper, draws: this.#draws, asking: this.#asking, now }
      const screened = await screenClaimed(this.#ctx, batch.claimed, tools)
      this.#batches.delete(batch)
      this.#options.onScreened(stillHere(screened, batch.claimed))
    } catch (error) {
      this.#ctx.logger.error(
        { err: error, webhookId: batch.webhookId },
        'It cannot be told which deliveries of a webhook may go; trying again',
      )
      this.#options.onFailed(batch.claimed)
      this.#rest(batch)
    }
  }

  #rest(batch: Batch): void {
    batch.claimed = []
    const cancel = this.#ctx.clock.schedule(() => {
      this.#rests.delete(cancel)
      this.#batches.delete(batch)
    }, restMs)
    this.#rests.add(cancel)
  }
}

/** Without what was taken meanwhile. */
function stillHere({ sendable, settled, refused }: Screened, claimed: readonly ClaimedDelivery[]): Screened {
  const here = new Set(claimed)
  const isHere = (one: ClaimedDelivery): boolean => here.has(one)
  return {
    sendable: sendable.filter(isHere),
    settled: settled.filter((one) => isHere(one.claimed)),
    refused: refused.filter(isHere),
  }
}
