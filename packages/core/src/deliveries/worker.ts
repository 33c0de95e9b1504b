import { setImmediate } from 'node:timers'
import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery, GivenUp, Settlement } from '../storage/storage.ts'
import type { HealthSign } from '../webhooks/webhook-health.ts'
import { scheduleMaintenance } from '../retention/scheduled-maintenance.ts'
import { type Batch, deliveriesOf, isAny, isBatch, type Parcel } from './batch.ts'
import { deliver, deliverBatch, type DeliverOptions } from './deliver.ts'
import { createDeliveryTargets } from './delivery-target.ts'
import { HealthRecorder } from './health-recorder.ts'
import { startHeartbeat } from './heartbeat.ts'
import { HeldClaims } from './held-claims.ts'
import { startHousekeeping } from './housekeeping.ts'
import { type Lane, Lanes, type Timely } from './lanes.ts'
import { observeGivenUp, observeSettlement } from './observe-settlement.ts'
import { recurring } from './recurring.ts'
import { startBulkReplays } from './run-bulk-replays.ts'
import { type Screened, sortClaimed } from './screen-claimed.ts'
import { Screening } from './screening.ts'
import { SendingTime } from './sending-time.ts'
import { SettleBatch } from './settle-batch.ts'
import type { Settled } from './shape-claimed.ts'
import { takeBackUnsent } from './take-back.ts'

const longestBackOffMs = 5000
const compareClocksMs = 60_000
/** What was claimed ahead and could not go by then is given back: its webhook may have been changed meanwhile. */
const longestWaitMs = 1000
/** What is left of a stop after its time: enough to write the results of what was cut off. */
const lastWritesMs = 1000
/** Who begins to follow deliveries, in whichever process, is heard of within so long. */
const hearMs = 2000
const longestTimerMs = 2 ** 31 - 1

export interface StopOptions {
  /**
   * How long what is under way may go on before it is cut off and left to the next worker; `Infinity` for as long as it
   * takes. @default 10000
   */
  timeoutMs?: number | undefined
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
  readonly #health: HealthRecorder
  readonly #targetOf: ReturnType<typeof createDeliveryTargets>
  readonly #screening: Screening
  readonly #held = new HeldClaims()
  readonly #time: SendingTime
  readonly #abort = new AbortController()
  readonly #endTasks: (() => Promise<void>)[]
  readonly #onStopped: (worker: Worker) => void
  readonly #endWatch: (() => Promise<void>) | undefined
  #isRunning = true
  /** Something may be due that no claim has seen yet. */
  #isHungry = true
  #isWoken = false
  #claiming: Promise<void> | undefined
  #failedClaims = 0
  #cancelPoll = (): void => {}
  #onIdle = (): void => {}
  #stopped: Promise<void> | undefined

  constructor(ctx: Context, onStopped: (worker: Worker) => void = () => {}) {
    const { concurrency, leaseMs } = ctx.settings.delivery
    this.#ctx = ctx
    this.#onStopped = onStopped
    this.#lanes = new Lanes(ctx.clock.now(), concurrency, ctx.underWay, () => this.#fill())
    this.#results = new SettleBatch(ctx)
    this.#health = new HealthRecorder(
      ctx,
      (webhookId) => void this.#releaseWaiting(webhookId),
      () => this.wake(),
    )
    this.#targetOf = createDeliveryTargets(ctx)
    this.#time = new SendingTime(ctx)
    this.#screening = new Screening(ctx, {
      now: () => this.#time.now(),
      claimMore: async (webhook, limit) => this.#claimMore(webhook, limit),
      onScreened: (screened) => this.#goOnWith(screened),
      onFailed: (claimed) => void this.#release(claimed),
    })
    this.#endTasks = [
      recurring(ctx, 'renew leases', leaseMs / 3, () => this.#renewLeases()),
      recurring(ctx, 'give back what waits', longestWaitMs, () => this.#releaseStale()),
      recurring(ctx, 'compare clocks', compareClocksMs, () => this.#time.compare()),
      startHeartbeat(ctx, () => this.#held.size),
      startHousekeeping(ctx),
      startBulkReplays(ctx),
      scheduleMaintenance(ctx),
      recurring(ctx, 'hear who follows', hearMs, () => ctx.changes.refresh()),
    ]
    this.#endWatch = ctx.storage.watchForWork?.(() => this.wake())
    this.#claimIfHungry()
  }

  /** Looks for work: something was dispatched. Many calls in one turn of the event loop cost one look. */
  wake(): void {
    if (this.#isWoken) return
    this.#isWoken = true
    setImmediate(() => {
      this.#isWoken = false
      this.#isHungry = true
      this.#claimIfHungry()
    })
  }

  /**
   * Ends the worker: claims nothing more, gives back what it has not sent, waits for what is under way, and after
   * `timeoutMs` cuts that off, due again at once for the next worker. Even a storage that hangs holds it up by no more than
   * a second beyond that. Later calls wait for the first.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    const timeoutMs = options?.timeoutMs ?? 10_000
    if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
      throw new LeadhooksError(
        'invalid_request',
        `\`timeoutMs\` must be a number from 0 up, got ${String(timeoutMs)}`,
      )
    }
    this.#stopped ??= this.#stop(timeoutMs)
    return this.#stopped
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#isRunning = false
    this.#cancelPoll()
    const { clock } = this.#ctx
    const cancels: (() => void)[] = []
    const outOfTime = new Promise<void>((resolve) => {
      if (timeoutMs + lastWritesMs > longestTimerMs) return
      cancels.push(
        clock.schedule(() => this.#abort.abort(), timeoutMs),
        clock.schedule(resolve, timeoutMs + lastWritesMs),
      )
    })
    await Promise.race([this.#finish(), outOfTime])
    this.#results.giveUp()
    this.#lanes.leave()
    for (const cancel of cancels) cancel()
    this.#onStopped(this)
  }

  async #finish(): Promise<void> {
    await this.#claiming
    await this.#release(await this.#screening.stop())
    await this.#putBack(this.#lanes.takeWaiting(() => true))
    await this.#idle()
    await this.#health.idle()
    await Promise.all([...this.#endTasks.map((end) => end()), this.#endWatch?.()])
  }

  async #idle(): Promise<void> {
    if (this.#held.size === 0) return
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
  }

  /** Starts deliveries until the slots are full or nothing is left that may go, then sees to more. */
  #fill(): void {
    while (this.#isRunning) {
      const next = this.#lanes.take()
      if (next === undefined) break
      const { lane, parcel } = next
      if (isBatch(parcel)) void this.#sendBatch(lane, parcel)
      else void this.#record(parcel, this.#sendOne(lane, parcel))
    }
    if (this.#lanes.isRunningLow()) this.#isHungry = true
    this.#claimIfHungry()
  }

  /** Writes what came of a delivery, and lets go of it. */
  async #record(claimed: ClaimedDelivery, outcome: Promise<Settlement>): Promise<void> {
    try {
      const settlement = await outcome
      const written = await this.#results.settle(settlement)
      observeSettlement(this.#ctx, claimed, settlement, written)
      // The next one of its key may have become due just now.
      if (claimed.orderingKey !== null) this.#isHungry = true
    } catch (error) {
      // Its lease will lapse, and then it is tried again: nothing is lost.
      this.#ctx.logger.error(
        { err: error, deliveryId: claimed.id },
        'A delivery has no result; it will be tried again',
      )
    }
    this.#letGo(claimed)
    this.#claimIfHungry()
  }

  async #sendOne(lane: Lane, claimed: ClaimedDelivery): Promise<Settlement> {
    const sent = deliver(this.#ctx, claimed, this.#deliverOptions())
    return (await this.#send(lane, claimed.webhook, sent)).settlement
  }

  /** Several by one request: what comes of it is written of each by itself. */
  async #sendBatch(lane: Lane, batch: Batch): Promise<void> {
    try {
      const sent = deliverBatch(this.#ctx, batch, this.#deliverOptions())
      const { settled } = await this.#send(lane, batch.webhook, sent)
      this.#recordAll(settled)
    } catch (error) {
      for (const claimed of batch.batched) void this.#record(claimed, Promise.reject(error))
    }
  }

  #recordAll(settled: readonly Settled[]): void {
    for (const { claimed, settlement } of settled) void this.#record(claimed, Promise.resolve(settlement))
  }

  #deliverOptions(): DeliverOptions {
    return { targetOf: this.#targetOf, startedAt: this.#time.now(), signal: this.#abort.signal }
  }

  async #send<Outcome extends { sign: HealthSign | null }>(
    lane: Lane,
    webhook: StoredWebhook,
    delivered: Promise<Outcome>,
  ): Promise<Outcome> {
    try {
      const outcome = await delivered
      if (outcome.sign !== null) this.#health.note(webhook, outcome.sign)
      return outcome
    } finally {
      // The slot is free as soon as the receiver is done; the result is written behind.
      if (this.#lanes.end(lane, this.#isScreened)) this.#isHungry = true
      this.#fill()
    }
  }

  #letGo(claimed: ClaimedDelivery): void {
    this.#held.delete(claimed)
    if (this.#held.size === 0) this.#onIdle()
  }

  #claimIfHungry(): void {
    // After a claim that failed only the poll asks again, in its own time.
    if (!this.#isRunning || this.#claiming !== undefined || !this.#isHungry || this.#failedClaims > 0) return
    this.#startClaim()
  }

  #startClaim(): void {
    this.#lanes.measure(this.#ctx.clock.now())
    const timely = this.#lanes.timely()
    const limit = this.#lanes.totalRoom(this.#held.requests, timely) - this.#screening.size
    if (limit <= 0) return
    this.#cancelPoll()
    this.#claiming = this.#claimAndGoOn(limit, timely)
  }

  async #claimAndGoOn(limit: number, timely: Timely): Promise<void> {
    await this.#claim(limit, timely)
    this.#claiming = undefined
    this.#pollLater()
    this.#fill()
  }

  async #claim(limit: number, timely: Timely): Promise<void> {
    const { leaseMs, webhookConcurrency: defaultConcurrency } = this.#ctx.settings.delivery
    const request = {
      limit,
      leaseMs,
      defaultConcurrency,
      mostConcurrency: this.#lanes.mostPerLane,
      room: this.#lanes.room(),
      organizationRoom: this.#lanes.organizationRoom(timely),
      mostPerOrganization: this.#ctx.underWay.mostPerOrganization,
      onGivenUp: this.#tellGivenUp,
    }
    this.#screening.close(request.room)
    this.#isHungry = false
    try {
      // Nothing is signed before it is known what time it is.
      if (this.#time.isUnknown) await this.#time.compare()
      const askedAt = this.#ctx.clock.now()
      const claimed = await this.#ctx.storage.claimDeliveries({ ...request, now: this.#ctx.storageTime() })
      this.#failedClaims = 0
      const answeredAt = this.#ctx.clock.now()
      // An answer that was held up for so long is about leases that others may have taken over by now.
      if (answeredAt - askedAt >= leaseMs) return await this.#giveBack(claimed)
      this.#held.add(claimed, answeredAt)
      const { free, screened } = sortClaimed(this.#ctx, claimed, this.#time.now())
      this.#lanes.add(free, request)
      this.#screening.add(screened)
    } catch (error) {
      this.#failedClaims++
      this.#ctx.logger.error({ err: error }, 'No deliveries could be claimed; trying again')
    }
  }

  /** Claims what else is due of a webhook, to go along with what was claimed of it. */
  async #claimMore(webhook: StoredWebhook, limit: number): Promise<ClaimedDelivery[]> {
    if (!this.#isRunning) return []
    const { clock, storage, settings } = this.#ctx
    const { leaseMs, webhookConcurrency: defaultConcurrency } = settings.delivery
    const askedAt = clock.now()
    const request = { only: webhook, limit, leaseMs, defaultConcurrency, room: new Map<string, number>() }
    const claimed = await storage.claimDeliveries({ ...request, now: this.#ctx.storageTime() })
    const answeredAt = clock.now()
    if (answeredAt - askedAt >= leaseMs) {
      await this.#giveBack(claimed)
      return []
    }
    this.#held.addCompany(claimed, answeredAt)
    return claimed
  }

  readonly #isScreened = (webhookId: string): boolean => this.#screening.has(webhookId)

  readonly #tellGivenUp = (deliveries: GivenUp[]): void => {
    observeGivenUp(this.#ctx, deliveries, 'worker_crash')
  }

  #goOnWith({ sendable, settled, refused }: Screened): void {
    for (const parcel of sendable) if (isBatch(parcel)) this.#held.putTogether(parcel.batched)
    this.#lanes.addScreened(sendable, this.#ctx.settings.delivery.webhookConcurrency)
    this.#recordAll(settled)
    void this.#release(refused)
    this.#fill()
    // Its webhook was given nothing meanwhile. One that has refused some waits, and there is no need to ask.
    if (refused.length === 0) this.wake()
  }

  /** What nothing wakes the worker for is found by looking: retries that fell due, the events of other processes. */
  #pollLater(): void {
    if (!this.#isRunning) return
    const { clock, random, settings } = this.#ctx
    const { pollIntervalMs } = settings.delivery
    const backOff = Math.min(pollIntervalMs * 2 ** this.#failedClaims, longestBackOffMs)
    // Jitter keeps many workers from asking in step.
    const ms = Math.max(pollIntervalMs, backOff) * (0.75 + random() / 4)
    this.#cancelPoll = clock.schedule(() => this.#poll(), ms)
  }

  #poll(): void {
    this.#isHungry = true
    if (this.#claiming === undefined) this.#startClaim()
    if (this.#claiming === undefined) this.#pollLater()
  }

  async #renewLeases(): Promise<void> {
    const claims = this.#held.all()
    if (claims.length === 0) return
    const { leaseMs } = this.#ctx.settings.delivery
    const renewed = new Set(
      await this.#ctx.storage.renewLeases(claims, { leaseMs, now: this.#ctx.storageTime() }),
    )
    // What another worker has taken over must not be sent from here too.
    const lost = new Set(claims.filter(({ id }) => !renewed.has(id)))
    const isLost = (claimed: ClaimedDelivery): boolean => lost.has(claimed)
    const taken = deliveriesOf(this.#lanes.takeWaiting((parcel) => isAny(parcel, isLost)))
    for (const claimed of [...taken.filter(isLost), ...this.#screening.take(isLost)]) this.#letGo(claimed)
    // What was to go with a lost one is put together anew.
    await this.#release(taken.filter((claimed) => !isLost(claimed)))
  }

  async #releaseStale(): Promise<void> {
    const stale = this.#held.since(this.#ctx.clock.now() - longestWaitMs)
    await this.#putBack(this.#lanes.takeWaiting((parcel) => isAny(parcel, (claimed) => stale.has(claimed))))
  }

  /** What was claimed ahead for a webhook that is to get nothing for now. */
  async #releaseWaiting(webhookId: string): Promise<void> {
    await this.#putBack(this.#lanes.takeWaiting(({ webhook }) => webhook.id === webhookId))
  }

  /** Gives back what was let through, and is not sent after all. */
  async #putBack(waiting: readonly Parcel[]): Promise<void> {
    await this.#release(deliveriesOf(waiting))
    await takeBackUnsent(this.#ctx, waiting)
  }

  async #release(waiting: readonly ClaimedDelivery[]): Promise<void> {
    for (const claimed of waiting) this.#letGo(claimed)
    await this.#giveBack(waiting)
  }

  async #giveBack(claims: readonly ClaimedDelivery[]): Promise<void> {
    if (claims.length === 0) return
    try {
      await this.#ctx.storage.releaseDeliveries(claims, { now: this.#ctx.storageTime() })
    } catch (error) {
      this.#ctx.logger.warn(
        { err: error, count: claims.length },
        'Claims could not be given back; their leases will lapse',
      )
    }
  }
}
