import { setImmediate } from 'node:timers'
import type { Context } from '../context.ts'
import type { ClaimedDelivery, Settlement } from '../storage/storage.ts'
import { deliver } from './deliver.ts'
import { createDeliveryTargets } from './delivery-target.ts'
import { expireDeliveries } from './expire-deliveries.ts'
import { type Lane, Lanes } from './lanes.ts'
import { observeSettlement } from './observe-settlement.ts'
import { recurring } from './recurring.ts'
import { SettleBatch } from './settle-batch.ts'

const expireIntervalMs = 60_000
const longestBackOffMs = 5000

export interface StopOptions {
  /** How long what is under way may go on before it is cut off and left to the next worker. @default 10000 */
  timeoutMs?: number
}

/**
 * Sends what is due, until it is stopped. Any number of workers, in any number of processes, share the work.
 *
 * Slots are filled as they free: a request that ends makes place for the next one at once, and deliveries are claimed a
 * little ahead, many by one statement.
 */
export class Worker {
  readonly #ctx: Context
  readonly #lanes: Lanes
  readonly #results: SettleBatch
  readonly #targetOf: ReturnType<typeof createDeliveryTargets>
  /** Every delivery that this worker has a lease of. */
  readonly #held = new Map<string, ClaimedDelivery>()
  readonly #abort = new AbortController()
  readonly #endTasks: (() => void)[]
  #isRunning = true
  /** Something may be due that no claim has seen yet. */
  #isHungry = true
  #isWoken = false
  #claiming: Promise<void> | undefined
  #failedClaims = 0
  #cancelPoll = (): void => {}
  #onIdle = (): void => {}
  #stopped: Promise<void> | undefined

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#lanes = new Lanes(ctx.clock.now())
    this.#results = new SettleBatch(ctx)
    this.#targetOf = createDeliveryTargets(ctx)
    this.#endTasks = [
      recurring(ctx, 'renew leases', ctx.settings.delivery.leaseMs / 3, () => this.#renewLeases()),
      recurring(ctx, 'expire deliveries', expireIntervalMs, () => expireDeliveries(ctx)),
    ]
    this.#claimIfHungry()
  }

  /** Looks for work: something was dispatched. Many calls in one turn of the event loop cost one look. */
  wake(): void {
    this.#isHungry = true
    if (this.#isWoken || this.#failedClaims > 0) return
    this.#isWoken = true
    setImmediate(() => {
      this.#isWoken = false
      this.#claimIfHungry()
    })
  }

  /**
   * Ends the worker: claims nothing more, gives back what it has not sent, waits for what is under way, and after
   * `timeoutMs` cuts that off, due again at once for the next worker. Later calls wait for the first.
   */
  async stop({ timeoutMs = 10_000 }: StopOptions = {}): Promise<void> {
    this.#stopped ??= this.#stop(timeoutMs)
    return this.#stopped
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#isRunning = false
    this.#cancelPoll()
    await this.#claiming
    await this.#releaseWaiting()
    const { clock } = this.#ctx
    const cancelAbort = clock.schedule(() => this.#abort.abort(), timeoutMs)
    // The results of what was cut off are written at once, unless the storage is gone.
    const cancelGiveUp = clock.schedule(() => this.#results.giveUp(), timeoutMs + 1000)
    await this.#idle()
    cancelAbort()
    cancelGiveUp()
    for (const end of this.#endTasks) end()
  }

  async #idle(): Promise<void> {
    if (this.#held.size === 0) return
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
  }

  /** Starts deliveries until the slots are full or nothing is left that may go, then sees to more. */
  #fill(): void {
    const { concurrency } = this.#ctx.settings.delivery
    while (this.#isRunning && this.#lanes.inFlight < concurrency) {
      const next = this.#lanes.take()
      if (next === undefined) break
      void this.#send(next.lane, next.claimed)
    }
    if (this.#lanes.isRunningLow()) this.#isHungry = true
    this.#claimIfHungry()
  }

  async #send(lane: Lane, claimed: ClaimedDelivery): Promise<void> {
    try {
      const settlement = await this.#deliver(lane, claimed)
      const written = await this.#results.settle(settlement)
      observeSettlement(this.#ctx, claimed, settlement, written)
    } catch (error) {
      // Its lease will lapse, and then it is tried again: nothing is lost.
      this.#ctx.logger.error({ err: error, deliveryId: claimed.id }, 'A delivery has no result; it will be tried again')
    }
    this.#letGo(claimed)
  }

  async #deliver(lane: Lane, claimed: ClaimedDelivery): Promise<Settlement> {
    try {
      return await deliver(this.#ctx, this.#targetOf, claimed, this.#abort.signal)
    } finally {
      // The slot is free as soon as the receiver is done; the result is written behind.
      if (this.#lanes.end(lane)) this.#isHungry = true
      this.#fill()
    }
  }

  #letGo(claimed: ClaimedDelivery): void {
    this.#held.delete(claimed.id)
    if (this.#held.size === 0) this.#onIdle()
  }

  #claimIfHungry(): void {
    if (!this.#isRunning || this.#claiming !== undefined || !this.#isHungry) return
    this.#lanes.measure(this.#ctx.clock.now())
    const limit = this.#lanes.totalRoom(this.#ctx.settings.delivery.concurrency)
    if (limit <= 0) return
    this.#cancelPoll()
    this.#claiming = this.#claimAndGoOn(limit)
  }

  async #claimAndGoOn(limit: number): Promise<void> {
    await this.#claim(limit)
    this.#claiming = undefined
    this.#pollLater()
    this.#fill()
  }

  async #claim(limit: number): Promise<void> {
    const { leaseMs, webhookConcurrency: defaultConcurrency } = this.#ctx.settings.delivery
    const request = { limit, leaseMs, defaultConcurrency, room: this.#lanes.room(), now: this.#ctx.storageTime() }
    this.#isHungry = false
    try {
      const claimed = await this.#ctx.storage.claimDeliveries(request)
      for (const delivery of claimed) this.#held.set(delivery.id, delivery)
      this.#lanes.add(claimed, request)
      this.#failedClaims = 0
    } catch (error) {
      this.#failedClaims++
      this.#ctx.logger.error({ err: error }, 'No deliveries could be claimed; trying again')
    }
  }

  /** What nothing wakes the worker for is found by looking: retries that fell due, the events of other processes. */
  #pollLater(): void {
    if (!this.#isRunning) return
    const { clock, random, settings } = this.#ctx
    const interval = Math.min(settings.delivery.pollIntervalMs * 2 ** this.#failedClaims, longestBackOffMs)
    // Jitter keeps many workers from asking in step.
    this.#cancelPoll = clock.schedule(() => this.#poll(), interval * (0.75 + random() / 4))
  }

  #poll(): void {
    this.#isHungry = true
    this.#claimIfHungry()
    if (this.#claiming === undefined) this.#pollLater()
  }

  async #renewLeases(): Promise<void> {
    const claims = [...this.#held.values()]
    if (claims.length === 0) return
    const { leaseMs } = this.#ctx.settings.delivery
    const renewed = new Set(await this.#ctx.storage.renewLeases(claims, { leaseMs, now: this.#ctx.storageTime() }))
    // What another worker has taken over must not be sent from here too.
    for (const lost of claims) {
      if (!renewed.has(lost.id) && this.#lanes.drop(lost)) this.#letGo(lost)
    }
  }

  async #releaseWaiting(): Promise<void> {
    const waiting = this.#lanes.takeWaiting()
    if (waiting.length === 0) return
    for (const { id } of waiting) this.#held.delete(id)
    try {
      await this.#ctx.storage.releaseDeliveries(waiting, { now: this.#ctx.storageTime() })
    } catch (error) {
      this.#ctx.logger.warn({ err: error, count: waiting.length }, 'Claims could not be given back; their leases will lapse')
    }
  }
}
