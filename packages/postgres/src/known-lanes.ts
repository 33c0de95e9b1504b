import type { ClaimRequest } from '@leadhooks/core/storage'
import type { LaneName } from './insert-events.ts'

/** A webhook that is thought to have something due. */
export interface KnownLane extends LaneName {
  /** Counts what was heard of it, so that a claim that finds nothing more does not undo what was heard meanwhile. */
  heard: number
}

/** How many deliveries a claim is to take from a lane. */
export interface Share {
  lane: KnownLane
  count: number
  heard: number
}

/** What a claim may give: the room of the request, less what it has given already. */
export type Room = Pick<
  ClaimRequest,
  'room' | 'organizationRoom' | 'mostPerOrganization' | 'defaultConcurrency' | 'mostConcurrency'
>

interface OrganizationTurn {
  lanes: Iterator<KnownLane>
  /** Its webhooks that have had a turn and may take more. */
  served: Share[]
  next: number
  room: number
}

/**
 * The webhooks with something due, as far as this process knows: claims choose among them here and not by a query over
 * everything that waits. An organization stands in line behind those that were served less lately, and so does a webhook
 * within its organization.
 *
 * It is a memory and no promise: what it has missed is found by looking (`LaneSearch`).
 */
export class KnownLanes {
  readonly #organizations = new Map<string, Map<string, KnownLane>>()

  /** Something is due for this webhook. */
  hear({ organizationId, webhookId }: LaneName): void {
    let lanes = this.#organizations.get(organizationId)
    if (lanes === undefined) this.#organizations.set(organizationId, (lanes = new Map<string, KnownLane>()))
    const lane = lanes.get(webhookId)
    if (lane === undefined) lanes.set(webhookId, { organizationId, webhookId, heard: 0 })
    else lane.heard++
  }

  /**
   * Shares `limit` deliveries out: one to each organization in turn, and within it one to each webhook, and round again, as
   * far as their room goes.
   */
  share(limit: number, room: Room): Share[] {
    const shares: Share[] = []
    let turns: OrganizationTurn[] = []
    for (const [organizationId, lanes] of this.#organizations) {
      if (turns.length === limit) break
      const own = roomOfOrganization(room, organizationId)
      const turn = { lanes: lanes.values(), served: [], next: 0, room: own }
      if (giveOne(turn, room, shares)) turns.push(turn)
    }
    let given = turns.length
    while (given < limit && turns.length > 0) {
      const goOn: OrganizationTurn[] = []
      for (const turn of turns) {
        if (given === limit || !giveOne(turn, room, shares)) continue
        given++
        goOn.push(turn)
      }
      turns = goOn
    }
    return shares
  }

  /** Takes note of how many a claim brought from a lane: it goes to the end of the line, or leaves it when it has no more. */
  record({ lane, heard }: Share, claimed: number, mayHaveMore: boolean): void {
    const { organizationId, webhookId } = lane
    const lanes = this.#organizations.get(organizationId) ?? new Map<string, KnownLane>()
    const stays = mayHaveMore || lane.heard !== heard
    if (stays && claimed === 0) return
    lanes.delete(webhookId)
    if (stays) lanes.set(webhookId, lane)
    this.#organizations.delete(organizationId)
    if (lanes.size > 0) this.#organizations.set(organizationId, lanes)
  }
}

/** Gives an organization's next webhook one delivery more; false when none of them has room. */
function giveOne(turn: OrganizationTurn, room: Room, shares: Share[]): boolean {
  if (turn.room <= 0) return false
  for (let next = turn.lanes.next(); next.done !== true; next = turn.lanes.next()) {
    const lane = next.value
    if (roomOf(room, lane.webhookId) <= 0) continue
    const share = { lane, count: 1, heard: lane.heard }
    shares.push(share)
    turn.served.push(share)
    turn.room--
    return true
  }
  while (turn.served.length > 0) {
    turn.next %= turn.served.length
    const share = turn.served[turn.next]
    if (share !== undefined && share.count < roomOf(room, share.lane.webhookId)) {
      share.count++
      turn.next++
      turn.room--
      return true
    }
    turn.served.splice(turn.next, 1)
  }
  return false
}

function roomOf({ room, defaultConcurrency, mostConcurrency }: Room, webhookId: string): number {
  return room.get(webhookId) ?? Math.min(defaultConcurrency, mostConcurrency ?? defaultConcurrency)
}

function roomOfOrganization({ organizationRoom, mostPerOrganization }: Room, organizationId: string): number {
  return organizationRoom?.get(organizationId) ?? mostPerOrganization ?? Number.POSITIVE_INFINITY
}
