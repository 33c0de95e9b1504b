import type { ClaimRequest } from '../storage/storage.ts'
import type { Parcel } from './batch.ts'
import type { UnderWay } from './under-way.ts'

/** The deliveries of one webhook that a worker holds. */
export interface Lane {
  webhookId: string
  group: LaneGroup
  /** How many requests may be under way at once. */
  concurrency: number
  /** Claimed, and not sent yet. Deliveries that go by one request count as one. */
  waiting: Parcel[]
  /** Requests that ended since the pace was last measured. */
  ended: number
  /** Requests that ended in the last window: about as many may be claimed ahead. */
  pace: number
  /** Whether the last claim gave as many as the lane had room for, so that there may be more. */
  mayHaveMore: boolean
}

/** The lanes of one organization. */
interface LaneGroup {
  organizationId: string
  /** Claimed, and not sent yet, in all its lanes. */
  waiting: number
  /** The sum of the pace of its lanes. */
  pace: number
  /** Whether the last claim gave as many as the organization had room for, so that there may be more. */
  mayHaveMore: boolean
  /** Lanes that could go on but for what the organization has under way, the next one first. */
  heldBack: Set<Lane>
}

/** How many deliveries each organization has waiting that can go soon. */
export type Timely = ReadonlyMap<LaneGroup, number>

const paceWindowMs = 100
/** The first look at the pace after nothing was going on comes early, and each later one twice as late: a burst is not claimed bit by bit. */
const shortestWindowMs = 5
/** The share of the slots that one webhook may take at most, whatever its own concurrency: it must not take them all. */
const laneShare = 1 / 4
/** How many results per slot may wait to be written before nothing more is claimed: what is sent unrecorded is bounded. */
const unwrittenPerSlot = 10

/**
 * What a worker holds, by webhook, and which delivery goes next.
 *
 * Each webhook has at most its concurrency of requests under way, each organization at most its own, all workers of the
 * process together; lanes take turns. A lane claims ahead about as much as it finished in the last 100 ms: a quick receiver
 * never waits for the database.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  readonly #groups = new Map<string, LaneGroup>()
  /** Lanes with a delivery that may go now, the next one first. */
  readonly #ready = new Set<Lane>()
  readonly #slots: number
  readonly #underWay: UnderWay
  readonly #onFreed: (webhookId: string, organizationId: string) => void
  /** Ends what the other workers tell this one. */
  readonly leave: () => void
  #measuredAt: number
  #windowMs = shortestWindowMs
  #inFlight = 0
  #waiting = 0
  #pace = 0
  /** Whether the last claim brought as many as it was asked for, so that there may be more. */
  #mayHaveMore = false

  /** For so many requests at once. `onReady` is called when a request of another worker has made place for one of this. */
  constructor(now: number, slots: number, underWay: UnderWay, onReady: () => void = () => {}) {
    this.#measuredAt = now
    this.#slots = slots
    this.#underWay = underWay
    this.#onFreed = (webhookId, organizationId) => {
      this.#admit(webhookId, organizationId)
      if (this.#ready.size > 0 && this.#inFlight < slots) onReady()
    }
    this.leave = underWay.join(this.#onFreed)
  }

  /** How many requests one webhook may have under way at most. */
  get mostPerLane(): number {
    return Math.max(1, Math.floor(this.#slots * laneShare))
  }

  /** How many more deliveries may be claimed while `held` have no result on record yet. */
  totalRoom(held: number, timely = this.timely()): number {
    let waiting = 0
    for (const count of timely.values()) waiting += count
    const room = this.#slots + this.#pace - this.#inFlight - waiting
    return Math.min(room, unwrittenPerSlot * this.#slots + 2 * this.#pace - held)
  }

  /** How many more each lane may be given, and each webhook that other workers send to. */
  room(): Map<string, number> {
    const room = this.#underWay.webhookRoom()
    for (const { webhookId, concurrency, pace, waiting } of this.#lanes.values()) {
      const inFlight = this.#underWay.ofWebhook(webhookId)
      room.set(webhookId, Math.max(0, concurrency + pace - inFlight - waiting.length))
    }
    return room
  }

  /**
   * What is waiting, by organization, as far as it can go soon. A webhook whose receiver answers in bursts, or has become slow, was
   * given more than that by the pace it had: the rest of it must not keep others from being claimed.
   */
  timely(): Timely {
    const timely = new Map<LaneGroup, number>()
    for (const { webhookId, group, concurrency, pace, waiting } of this.#lanes.values()) {
      if (waiting.length === 0) continue
      const soon = Math.max(0, concurrency - this.#underWay.ofWebhook(webhookId)) + pace
      const count = (timely.get(group) ?? 0) + Math.min(waiting.length, soon)
      timely.set(group, Math.min(count, this.#roomOf(group)))
    }
    return timely
  }

  /** How many more each organization may be given that has something under way or waiting. */
  organizationRoom(timely = this.timely()): Map<string, number> {
    const room = this.#underWay.organizationRoom()
    for (const group of this.#groups.values())
      room.set(group.organizationId, this.#roomOf(group) - (timely.get(group) ?? 0))
    return room
  }

  /** Whether it is time to claim more, as far as all lanes together go. */
  isRunningLow(): boolean {
    return this.#mayHaveMore && this.#waiting <= this.#pace / 2
  }

  /** Takes in what a claim brought. */
  add(
    claimed: readonly Parcel[],
    request: Pick<ClaimRequest, 'limit' | 'room' | 'organizationRoom' | 'defaultConcurrency'>,
  ): void {
    const { room, organizationRoom = new Map<string, number>() } = request
    // Of what had no room nothing was learned.
    for (const [id, count] of room) if (count === 0) expectMore(this.#lanes.get(id))
    for (const [id, count] of organizationRoom) if (count === 0) expectMore(this.#groups.get(id))
    const brought = this.#takeIn(claimed, request.defaultConcurrency)
    for (const [group, count] of byGroup(brought)) {
      const { mostPerOrganization } = this.#underWay
      group.mayHaveMore = count >= (organizationRoom.get(group.organizationId) ?? mostPerOrganization)
    }
    for (const [lane, count] of brought) {
      lane.mayHaveMore = count >= (room.get(lane.webhookId) ?? lane.concurrency)
      this.#queue(lane)
    }
    this.#mayHaveMore = claimed.length >= request.limit
  }

  /** Takes in what was claimed before, and may go as has turned out now. Of what there is more, nothing was learned. */
  addScreened(parcels: readonly Parcel[], defaultConcurrency: number): void {
    for (const lane of this.#takeIn(parcels, defaultConcurrency).keys()) {
      expectMore(lane)
      this.#queue(lane)
    }
  }

  /** What to send next, counted as under way from now on; undefined when the slots are full or no lane may go. */
  take(): { lane: Lane; parcel: Parcel } | undefined {
    if (this.#inFlight >= this.#slots) return undefined
    for (const lane of this.#ready) {
      this.#ready.delete(lane)
      // Another worker may have taken the place meanwhile.
      const parcel = this.#isFull(lane) || this.#isGroupFull(lane.group) ? undefined : lane.waiting.shift()
      if (parcel !== undefined) this.#start(lane)
      this.#queue(lane)
      this.#admitNext(lane.group)
      if (parcel !== undefined) return { lane, parcel }
    }
    return undefined
  }

  /**
   * Counts a request as ended. Answers whether it is time to claim more for this lane or its organization; not so for a lane that is
   * given nothing now, since what was claimed for it is being screened.
   */
  end(lane: Lane, isScreened: (webhookId: string) => boolean = () => false): boolean {
    const { webhookId, group } = lane
    lane.ended++
    this.#inFlight--
    this.#underWay.end(webhookId, group.organizationId, this.#onFreed)
    this.#admit(webhookId, group.organizationId)
    return (
      (lane.mayHaveMore && lane.waiting.length <= lane.pace / 2 && !isScreened(webhookId)) ||
      (group.mayHaveMore && group.waiting <= group.pace / 2)
    )
  }

  /** Measures the pace, once per window, and forgets the lanes that have come to rest. */
  measure(now: number): void {
    const elapsed = now - this.#measuredAt
    if (elapsed < this.#windowMs) return
    this.#measuredAt = now
    this.#pace = 0
    for (const group of this.#groups.values()) group.pace = 0
    for (const lane of this.#lanes.values()) {
      lane.pace = Math.ceil((lane.ended * paceWindowMs) / elapsed)
      lane.ended = 0
      lane.group.pace += lane.pace
      this.#pace += lane.pace
      if (lane.pace === 0 && lane.waiting.length === 0 && this.#underWay.ofWebhook(lane.webhookId) === 0)
        this.#lanes.delete(lane.webhookId)
    }
    this.#windowMs = this.#pace === 0 ? shortestWindowMs : Math.min(paceWindowMs, 2 * this.#windowMs)
    for (const { organizationId, pace, waiting } of this.#groups.values()) {
      if (pace === 0 && waiting === 0 && this.#underWay.ofOrganization(organizationId) === 0)
        this.#groups.delete(organizationId)
    }
  }

  /** Hands over what was not sent and is wanted back. */
  takeWaiting(isWanted: (parcel: Parcel) => boolean): Parcel[] {
    const taken: Parcel[] = []
    for (const lane of this.#lanes.values()) {
      const wanted = lane.waiting.filter(isWanted)
      if (wanted.length === 0) continue
      lane.waiting = lane.waiting.filter((parcel) => !isWanted(parcel))
      lane.mayHaveMore = true
      lane.group.waiting -= wanted.length
      lane.group.mayHaveMore = true
      this.#waiting -= wanted.length
      taken.push(...wanted)
    }
    return taken
  }

  /** Answers how many each lane was brought. */
  #takeIn(parcels: readonly Parcel[], defaultConcurrency: number): Map<Lane, number> {
    const brought = new Map<Lane, number>()
    for (const parcel of parcels) {
      const lane = this.#laneOf(parcel, defaultConcurrency)
      lane.waiting.push(parcel)
      lane.group.waiting++
      brought.set(lane, (brought.get(lane) ?? 0) + 1)
    }
    this.#waiting += parcels.length
    return brought
  }

  /** How many an organization may have claimed in all, beside those that are under way. */
  #roomOf({ organizationId, pace }: LaneGroup): number {
    const { mostPerOrganization } = this.#underWay
    return Math.max(0, mostPerOrganization + pace - this.#underWay.ofOrganization(organizationId))
  }

  #laneOf({ organizationId, webhook }: Parcel, defaultConcurrency: number): Lane {
    const concurrency = Math.min(webhook.concurrency ?? defaultConcurrency, this.mostPerLane)
    const known = this.#lanes.get(webhook.id)
    if (known !== undefined) return Object.assign(known, { concurrency })
    const idle = { waiting: [], ended: 0, pace: 0, mayHaveMore: false }
    const lane: Lane = { webhookId: webhook.id, group: this.#groupOf(organizationId), concurrency, ...idle }
    this.#lanes.set(webhook.id, lane)
    return lane
  }

  #groupOf(organizationId: string): LaneGroup {
    const known = this.#groups.get(organizationId)
    if (known !== undefined) return known
    const group = { organizationId, waiting: 0, pace: 0, mayHaveMore: false, heldBack: new Set<Lane>() }
    this.#groups.set(organizationId, group)
    return group
  }

  #start(lane: Lane): void {
    this.#inFlight++
    this.#waiting--
    lane.group.waiting--
    this.#underWay.start(lane.webhookId, lane.group.organizationId, lane.concurrency)
  }

  #isFull({ webhookId, concurrency }: Lane): boolean {
    return this.#underWay.ofWebhook(webhookId) >= concurrency
  }

  #isGroupFull({ organizationId }: LaneGroup): boolean {
    return this.#underWay.ofOrganization(organizationId) >= this.#underWay.mostPerOrganization
  }

  /** Lets the lane go when its turn comes, behind those of its organization that were held back before. */
  #queue(lane: Lane): void {
    if (lane.waiting.length === 0 || this.#isFull(lane)) return
    const { heldBack } = lane.group
    if (heldBack.size > 0 || this.#isGroupFull(lane.group)) heldBack.add(lane)
    else this.#ready.add(lane)
  }

  /** Sees who may go now that a request has ended. */
  #admit(webhookId: string, organizationId: string): void {
    const lane = this.#lanes.get(webhookId)
    if (lane !== undefined) this.#queue(lane)
    const group = this.#groups.get(organizationId)
    if (group !== undefined) this.#admitNext(group)
  }

  /** As long as there is place, one lane of those held back is ready; when it has had its turn, the next one is. */
  #admitNext(group: LaneGroup): void {
    if (this.#isGroupFull(group)) return
    for (const lane of group.heldBack) {
      group.heldBack.delete(lane)
      this.#ready.add(lane)
      return
    }
  }
}

function byGroup(counts: ReadonlyMap<Lane, number>): Map<LaneGroup, number> {
  const groups = new Map<LaneGroup, number>()
  for (const [{ group }, count] of counts) groups.set(group, (groups.get(group) ?? 0) + count)
  return groups
}

function expectMore(one: Lane | LaneGroup | undefined): void {
  if (one !== undefined) one.mayHaveMore = true
}
