import type { Database } from './database.ts'
import type { DueFrom } from './due-from.ts'
import type { KnownLanes } from './known-lanes.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'
import { isSending } from './webhook-readiness.ts'

/** How far a look reaches back behind the one before: transactions that commit later than this are found by the full look. */
const overlapMs = 1000
/** Full looks come so far apart, and never take up more than a fiftieth of the time. */
const fullLookIntervalMs = 2000
const fullLookShare = 1 / 50
/** How many webhooks one step of a full look passes. */
const pageSize = 1000

/** The webhooks for which something has fallen due lately, and those whose wait has ended; a row without one says that there are claims to look after. */
const findRecent = statement(`
  with input as (select ${nowOr('$1')} as now)
  select webhook.organization_id, webhook.id as webhook_id, false as has_waited from input
  cross join lateral (
    select distinct webhook_id from leadhooks.queue
    where due_at > input.now - $2::float8 * interval '1 millisecond' and due_at <= input.now and lease is null
  ) as due
  join leadhooks.webhooks as webhook on webhook.id = due.webhook_id and ${isSending('input.now')}
  union all
  select organization_id, id, true from input join leadhooks.webhooks as webhook
    on waits_until > input.now - $2::float8 * interval '1 millisecond' and waits_until <= input.now and enabled
  union all
  select null, null, false from input where exists (select from leadhooks.claims where look_at <= input.now)`)

/**
 * A page of all webhooks that have anything waiting: one step in the index for each, however much it is (a loose index
 * scan, https://wiki.postgresql.org/wiki/Loose_indexscan).
 */
const findAll = statement(`
  with recursive input as (select ${nowOr('$1')} as now),
  lane as (
    (select webhook_id, 1 as place from leadhooks.queue where webhook_id > $2::text order by webhook_id limit 1)
    union all
    select next.webhook_id, place + 1 from lane
    cross join lateral (
      select webhook_id from leadhooks.queue where webhook_id > lane.webhook_id order by webhook_id limit 1
    ) as next
    where place < ${pageSize}
  )
  select lane.webhook_id, webhook.organization_id, due.due_at
  from input cross join lane
  left join leadhooks.webhooks as webhook on webhook.id = lane.webhook_id
  left join lateral (
    select due_at from leadhooks.queue
    where webhook_id = lane.webhook_id and due_at <= input.now and lease is null
    order by due_at limit 1
  ) as due on ${isSending('input.now')}
  order by lane.place`)

interface RecentRow {
  organization_id: string | null
  webhook_id: string | null
  has_waited: boolean
}

interface LaneRow {
  webhook_id: string
  organization_id: string | null
  due_at: Date | null
}

export interface Found {
  /** Whether anything was found that is due. */
  isDue: boolean
  /** Whether some claims are old enough that their leases may have lapsed. */
  mayHaveLapsed: boolean
  /** Webhooks that are no more, and for which something waits all the same. */
  orphans: string[]
}

/** Looks in the database for webhooks with something due, and tells the known lanes. */
export class LaneSearch {
  readonly #database: Database
  readonly #known: KnownLanes
  readonly #dueFrom: DueFrom
  #lookedAt = Number.NEGATIVE_INFINITY
  #fullLookDueAt = Number.NEGATIVE_INFINITY
  #fullLookTookMs = 0
  /** Where the full look goes on. */
  #after = ''

  constructor(database: Database, known: KnownLanes, dueFrom: DueFrom) {
    this.#database = database
    this.#known = known
    this.#dueFrom = dueFrom
  }

  /** How long ago the last look was. */
  get ageMs(): number {
    return performance.now() - this.#lookedAt
  }

  /** Whether it is time to look a page further through everything. */
  get isFullLookDue(): boolean {
    return performance.now() >= this.#fullLookDueAt
  }

  /** Whether everything has been looked through once. */
  get hasLookedThrough(): boolean {
    return this.#fullLookDueAt > 0
  }

  /** Looks for what has fallen due since the last look. */
  async look(): Promise<Found> {
    const startedAt = performance.now()
    const backMs = Math.min(startedAt - this.#lookedAt, 60_000) + overlapMs
    const rows = await this.#database.rows<RecentRow>(findRecent, [null, backMs])
    this.#lookedAt = startedAt
    const found: Found = { isDue: false, mayHaveLapsed: false, orphans: [] }
    for (const row of rows) {
      const { organization_id: organizationId, webhook_id: webhookId, has_waited: hasWaited } = row
      if (organizationId === null || webhookId === null) {
        found.mayHaveLapsed = true
        continue
      }
      found.isDue = true
      if (hasWaited) this.#dueFrom.forget(webhookId)
      this.#known.hear({ organizationId, webhookId })
    }
    return found
  }

  /** Looks a page further through everything. Behind an old snapshot this passes all that has died since, and takes long. */
  async lookFurther(): Promise<Found> {
    const found: Found = { isDue: false, mayHaveLapsed: false, orphans: [] }
    await this.#lookFurther(found)
    return found
  }

  /** Looks through everything, as of a given time. */
  async lookThrough(now: Date | null): Promise<Found> {
    const found: Found = { isDue: false, mayHaveLapsed: true, orphans: [] }
    let after: string | undefined = ''
    while (after !== undefined) after = await this.#lookAtPage(after, now, found)
    return found
  }

  async #lookFurther(found: Found): Promise<void> {
    const startedAt = performance.now()
    const after = await this.#lookAtPage(this.#after, null, found)
    const endedAt = performance.now()
    this.#fullLookTookMs += endedAt - startedAt
    this.#after = after ?? ''
    if (after !== undefined) return
    this.#fullLookDueAt = endedAt + Math.max(fullLookIntervalMs, this.#fullLookTookMs / fullLookShare)
    this.#fullLookTookMs = 0
  }

  /** Answers where the next page begins; undefined after the last. */
  async #lookAtPage(after: string, now: Date | null, found: Found): Promise<string | undefined> {
    const rows = await this.#database.rows<LaneRow>(findAll, [now, after])
    for (const { webhook_id: webhookId, organization_id: organizationId, due_at: dueAt } of rows) {
      if (organizationId === null) found.orphans.push(webhookId)
      else if (dueAt !== null) {
        found.isDue = true
        this.#dueFrom.lower(webhookId, dueAt)
        this.#known.hear({ organizationId, webhookId })
      }
    }
    return rows.length === pageSize ? rows.at(-1)?.webhook_id : undefined
  }
}
