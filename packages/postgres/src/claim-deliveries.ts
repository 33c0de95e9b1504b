import type {
  ClaimedDelivery,
  ClaimRequest,
  LeadhooksError,
  Scoped,
  StoredWebhook,
} from '@leadhooks/core/storage'
import { type ClaimedRow, claimLanes, claimOf } from './claim-lanes.ts'
import type { Database } from './database.ts'
import { DueFrom } from './due-from.ts'
import type { LaneName } from './insert-events.ts'
import { KnownLanes, type Room, type Share } from './known-lanes.ts'
import { LaneSearch } from './lane-search.ts'
import { lookAfterClaims, takeOverLapsed } from './lapsed-leases.ts'
import { cancelOrphans } from './orphans.ts'
import { takeTurns } from './take-turns.ts'
import { WebhookCache } from './webhook-cache.ts'

/** A worker that is busy looks for other lanes than those it knows so often, beside its claims. */
const lookIntervalMs = 100
/** As many statements one claim makes at most to reach its limit. */
const mostRounds = 10

/** What claims of one process have in common, and how they are made. */
export class Claims {
  readonly #database: Database
  readonly #known = new KnownLanes()
  readonly #dueFrom = new DueFrom()
  readonly #search: LaneSearch
  readonly #webhooks: WebhookCache
  readonly #onDue: () => void
  #looking: Promise<void> | undefined
  #hasLapsed = false
  #hasNews = false
  #isLookingFurther = false

  /** `onDue` is told when a look beside a claim has found something. */
  constructor(database: Database, onDue: () => void) {
    this.#database = database
    this.#search = new LaneSearch(database, this.#known, this.#dueFrom)
    this.#webhooks = new WebhookCache(database)
    this.#onDue = onDue
  }

  /** Something is due. `sinceLong`: perhaps from before what was claimed last. */
  hear(lane: LaneName, { sinceLong }: { sinceLong: boolean }): void {
    if (sinceLong) this.#dueFrom.forget(lane.webhookId)
    this.#known.hear(lane)
  }

  /** Claims what is known to be due; where nothing is, it looks first. */
  async claim(request: ClaimRequest): Promise<ClaimedDelivery[]> {
    const now = request.now ?? null
    if (request.only !== undefined) return this.#withWebhooks(await this.#claimOf(request.only, request, now))
    // A time that was given may lie anywhere: then only a look through everything tells what is due.
    if (now !== null) await this.#lookThrough(now)
    let rows = await this.#claimKnown(request, now)
    if (rows.length === 0 && now === null) {
      this.#looking ??= this.#look()
      await this.#looking
      rows = await this.#claimKnown(request, now)
    } else if (now === null && this.#search.ageMs > lookIntervalMs) {
      this.#lookAside()
    }
    return this.#withWebhooks(rows)
  }

  async #claimOf(webhook: Scoped, { limit, leaseMs }: ClaimRequest, now: Date | null): Promise<ClaimedRow[]> {
    const from = now === null ? this.#dueFrom.of(webhook.id) : null
    const claimed = await claimOf(this.#database, webhook, from, { limit, now, leaseMs })
    const last = claimed.at(-1)
    if (last !== undefined) this.#dueFrom.claimed(webhook.id, last.due_at)
    return takeTurns(this.#database, claimed)
  }

  async #claimKnown(request: ClaimRequest, now: Date | null): Promise<ClaimedRow[]> {
    const room = new RoomLeft(request)
    const rows: ClaimedRow[] = []
    if (this.#hasLapsed) {
      this.#hasLapsed = false
      const { rows: takenOver, crashed } = await takeOverLapsed(this.#database, request, now)
      if (crashed.length > 0) request.onGivenUp?.(crashed)
      rows.push(...room.take(await takeTurns(this.#database, takenOver)))
      // There may be more than this claim has room for.
      this.#hasLapsed = rows.length === request.limit
    }
    for (let round = 0; round < mostRounds && rows.length < request.limit; round++) {
      const shares = this.#known.share(request.limit - rows.length, room)
      if (shares.length === 0) break
      const from = shares.map(({ lane }) => (now === null ? this.#dueFrom.of(lane.webhookId) : null))
      const claimed = await claimLanes(this.#database, shares, from, { ...request, room: room.room, now })
      this.#record(shares, claimed, room)
      const given = await takeTurns(this.#database, claimed)
      rows.push(...room.take(given))
      // While a backlog of one ordering key is moved out of the way, what else there is need not wait for that.
      if (given.length > 0 && given.length < claimed.length) break
    }
    return rows
  }

  #record(shares: readonly Share[], claimed: readonly ClaimedRow[], { room }: RoomLeft): void {
    const byWebhook = new Map<string, ClaimedRow[]>()
    for (const row of claimed) {
      const own = byWebhook.get(row.webhook_id)
      if (own === undefined) byWebhook.set(row.webhook_id, [row])
      else own.push(row)
    }
    for (const share of shares) {
      const { webhookId } = share.lane
      const rows = byWebhook.get(webhookId) ?? []
      const [first] = rows
      const last = rows.at(-1)
      if (last !== undefined) this.#dueFrom.claimed(webhookId, last.due_at)
      // A webhook of few requests at a time may have been given less than its share.
      const most = room.has(webhookId)
        ? share.count
        : Math.min(share.count, first?.concurrency ?? share.count)
      this.#known.record(share, rows.length, rows.length >= most)
    }
  }

  async #look(): Promise<void> {
    try {
      const { isDue, mayHaveLapsed } = await this.#search.look()
      if (mayHaveLapsed) this.#hasLapsed = await lookAfterClaims(this.#database)
      this.#hasNews = isDue || this.#hasLapsed
      // The first look is to find everything; later ones keep no claim waiting for that.
      if (!this.#search.hasLookedThrough) await this.#lookFurther()
      else if (this.#search.isFullLookDue) this.#lookFurtherAside()
    } finally {
      this.#looking = undefined
    }
  }

  async #lookFurther(): Promise<void> {
    const { isDue, orphans } = await this.#search.lookFurther()
    if (orphans.length > 0) await cancelOrphans(this.#database, orphans)
    if (isDue) this.#hasNews = true
  }

  #lookFurtherAside(): void {
    if (this.#isLookingFurther) return
    this.#isLookingFurther = true
    this.#lookFurther()
      .then(
        () => this.#hasNews && this.#onDue(),
        // It is tried again, and a database that is away is told of by the next claim.
        () => {},
      )
      .finally(() => (this.#isLookingFurther = false))
  }

  /** Looks beside a claim, and tells the workers when that has found something. */
  #lookAside(): void {
    this.#looking ??= this.#look()
    this.#looking.then(
      () => this.#hasNews && this.#onDue(),
      // The next claim that finds nothing looks again, and says what is wrong.
      () => {},
    )
  }

  async #lookThrough(now: Date): Promise<void> {
    const { orphans } = await this.#search.lookThrough(now)
    if (orphans.length > 0) await cancelOrphans(this.#database, orphans)
    this.#hasLapsed = true
  }

  async #withWebhooks(rows: readonly ClaimedRow[]): Promise<ClaimedDelivery[]> {
    if (rows.length === 0) return []
    const corrupt: LeadhooksError[] = []
    const webhooks = await this.#webhooks.load(rows, (error) => corrupt.push(error))
    const claimed: ClaimedDelivery[] = []
    for (const row of rows) {
      const webhook = webhooks.get(row.webhook_id)
      // What it was claimed for was deleted meanwhile, and the delivery with it; or its row cannot be read, and the lease
      // lapses: five times, and then the delivery is a dead letter that names no worker in vain.
      if (webhook !== undefined) claimed.push(toClaimed(row, webhook))
    }
    if (claimed.length === 0 && corrupt[0] !== undefined) throw corrupt[0]
    return claimed
  }
}

/** The room of a request, as far as it is not taken up yet. */
class RoomLeft implements Room {
  readonly room: Map<string, number>
  readonly organizationRoom: Map<string, number>
  readonly mostPerOrganization: number
  readonly defaultConcurrency: number
  readonly mostConcurrency: number

  constructor(request: ClaimRequest) {
    this.room = new Map(request.room)
    this.organizationRoom = new Map(request.organizationRoom)
    this.mostPerOrganization = request.mostPerOrganization ?? Number.POSITIVE_INFINITY
    this.defaultConcurrency = request.defaultConcurrency
    this.mostConcurrency = request.mostConcurrency ?? Number.POSITIVE_INFINITY
  }

  take(rows: ClaimedRow[]): ClaimedRow[] {
    for (const { webhook_id: webhookId, organization_id: organizationId, concurrency } of rows) {
      const own = Math.min(concurrency ?? this.defaultConcurrency, this.mostConcurrency)
      this.room.set(webhookId, (this.room.get(webhookId) ?? own) - 1)
      const shared = this.organizationRoom.get(organizationId) ?? this.mostPerOrganization
      this.organizationRoom.set(organizationId, shared - 1)
    }
    return rows
  }
}

function toClaimed(row: ClaimedRow, webhook: StoredWebhook): ClaimedDelivery {
  return {
    id: row.id,
    organizationId: row.organization_id,
    lease: row.lease,
    attempt: row.attempts + 1,
    createdAt: row.created_at,
    status: row.status,
    orderingKey: row.ordering_key,
    event: { id: row.event_id, type: row.event_type, body: row.body, traceparent: row.traceparent },
    shapedAs: row.shaped_as,
    webhook,
  }
}
