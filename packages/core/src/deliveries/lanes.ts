import type { ClaimedDelivery, ClaimRequest } from '../storage/storage.ts'

/** The deliveries of one webhook that a worker holds. */
export interface Lane {
  webhookId: string
  /** How many requests may be under way at once. */
  concurrency: number
  /** Claimed, and not sent yet. */
  waiting: ClaimedDelivery[]
  inFlight: number
  /** Requests that ended since the pace was last measured. */
  ended: number
  /** Requests that ended in the last window: about as many may be claimed ahead. */
  pace: number
  /** Whether the last claim gave as many as the lane had room for, so that there may be more. */
  mayHaveMore: boolean
}

const paceWindowMs = 100
/** The share of the slots that one webhook may take at most, whatever its own concurrency: it must not take them all. */
const laneShare = 1 / 4
/** How many results per slot may wait to be written before nothing more is claimed: what is sent unrecorded is bounded. */
const unwrittenPerSlot = 10

/**
 * What a worker holds, by webhook, and which delivery goes next.
 *
 * Each lane has at most `concurrency` requests under way, and lanes take turns. A lane claims ahead about as much as it
 * finished in the last 100 ms: a quick receiver never waits for the database.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  /** Lanes with a delivery that may go now, the next one first. */
  readonly #ready = new Set<Lane>()
  readonly #slots: number
  #measuredAt: number
  #inFlight = 0
  #waiting = 0
  #pace = 0
  /** Whether the last claim brought as many as it was asked for, so that there may be more. */
  #mayHaveMore = false

  /** For so many requests at once. */
  constructor(now: number, slots: number) {
    this.#measuredAt = now
    this.#slots = slots
  }

  /** How many requests one webhook may have under way at most. */
  get mostPerLane(): number {
    return Math.max(1, Math.floor(this.#slots * laneShare))
  }

  /** How many more deliveries may be claimed while `held` have no result on record yet. */
  totalRoom(held: number): number {
    const room = this.#slots + this.#pace - this.#inFlight - this.#waiting
    return Math.min(room, unwrittenPerSlot * this.#slots + 2 * this.#pace - held)
  }

  /** How many more each lane may be given. */
  room(): Map<string, number> {
    const room = new Map<string, number>()
    for (const lane of this.#lanes.values()) room.set(lane.webhookId, roomOf(lane))
    return room
  }

  /** Whether it is time to claim more, as far as all lanes together go. */
  isRunningLow(): boolean {
    return this.#mayHaveMore && this.#waiting <= this.#pace / 2
  }

  /** Takes in what a claim brought. */
  add(
    claimed: readonly ClaimedDelivery[],
    request: Pick<ClaimRequest, 'limit' | 'room' | 'defaultConcurrency'>,
  ): void {
    // Of a lane that had no room nothing was learned.
    for (const [id, room] of request.room) if (room === 0) this.#expectMore(id)
    const brought = new Map<Lane, number>()
    for (const delivery of claimed) {
      const lane = this.#laneOf(delivery, request.defaultConcurrency)
      lane.waiting.push(delivery)
      brought.set(lane, (brought.get(lane) ?? 0) + 1)
    }
    for (const [lane, count] of brought) {
      lane.mayHaveMore = count >= (request.room.get(lane.webhookId) ?? lane.concurrency)
      this.#queue(lane)
    }
    this.#waiting += claimed.length
    this.#mayHaveMore = claimed.length >= request.limit
  }

  /** The delivery to send next, counted as under way from now on; undefined when the slots are full or no lane may go. */
  take(): { lane: Lane; claimed: ClaimedDelivery } | undefined {
    if (this.#inFlight >= this.#slots) return undefined
    for (const lane of this.#ready) {
      this.#ready.delete(lane)
      const claimed = lane.waiting.shift()
      if (claimed === undefined) continue
      lane.inFlight++
      this.#inFlight++
      this.#waiting--
      this.#queue(lane)
      return { lane, claimed }
    }
    return undefined
  }

  /** Counts a request as ended. Answers whether it is time to claim more for this lane. */
  end(lane: Lane): boolean {
    lane.inFlight--
    lane.ended++
    this.#inFlight--
    this.#queue(lane)
    return lane.mayHaveMore && lane.waiting.length <= lane.pace / 2
  }

  /** Measures the pace, once per window, and forgets the lanes that have come to rest. */
  measure(now: number): void {
    const elapsed = now - this.#measuredAt
    if (elapsed < paceWindowMs) return
    this.#measuredAt = now
    this.#pace = 0
    for (const lane of this.#lanes.values()) {
      lane.pace = Math.ceil((lane.ended * paceWindowMs) / elapsed)
      lane.ended = 0
      this.#pace += lane.pace
      if (lane.pace === 0 && lane.inFlight === 0 && lane.waiting.length === 0)
        this.#lanes.delete(lane.webhookId)
    }
  }

  /** Hands over what was not sent and is wanted back. */
  takeWaiting(isWanted: (claimed: ClaimedDelivery) => boolean): ClaimedDelivery[] {
    const taken: ClaimedDelivery[] = []
    for (const lane of this.#lanes.values()) {
      const wanted = lane.waiting.filter(isWanted)
      if (wanted.length === 0) continue
      lane.waiting = lane.waiting.filter((claimed) => !isWanted(claimed))
      lane.mayHaveMore = true
      this.#waiting -= wanted.length
      taken.push(...wanted)
    }
    return taken
  }

  #expectMore(webhookId: string): void {
    const lane = this.#lanes.get(webhookId)
    if (lane !== undefined) lane.mayHaveMore = true
  }

  #laneOf({ webhook }: ClaimedDelivery, defaultConcurrency: number): Lane {
    const concurrency = Math.min(webhook.concurrency ?? defaultConcurrency, this.mostPerLane)
    const known = this.#lanes.get(webhook.id)
    if (known !== undefined) return Object.assign(known, { concurrency })
    const idle = { waiting: [], inFlight: 0, ended: 0, pace: 0, mayHaveMore: false }
    const lane: Lane = { webhookId: webhook.id, concurrency, ...idle }
    this.#lanes.set(webhook.id, lane)
    return lane
  }

  #queue(lane: Lane): void {
    if (lane.waiting.length > 0 && lane.inFlight < lane.concurrency) this.#ready.add(lane)
  }
}

function roomOf({ concurrency, pace, inFlight, waiting }: Lane): number {
  return Math.max(0, concurrency + pace - inFlight - waiting.length)
}
