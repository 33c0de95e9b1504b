import type { Clock } from '../clock.ts'
import type { ApiKey } from '../model/api-key.ts'
import { type ApiKeyOutcome, apiKeyOutcomes, type UsageInterval } from '../model/api-key-usage.ts'
import type { Log } from '../logging/log.ts'
import type { Observer } from '../observation.ts'
import type { ApiKeyStorage, ApiKeyUsageCount, ApiKeyUse } from '../storage/storage.ts'
import { startOfInterval } from './usage-intervals.ts'

/** Who used a key, and what for. */
export interface KeyUse {
  ip?: string | undefined
  userAgent?: string | undefined
  /** What was called, by the host's name for it: `GET /contacts/{id}`. A path with ids in it would be a route of its own each. */
  route?: string | undefined
}

/** What was done with a key within one minute. */
interface Minute {
  startsAt: number
  /** How often, by route and by the place of the outcome in the list of all. */
  routes: Map<string, number[]>
}

/** What was done with a key since the last batch was written. */
interface Pending {
  /** The batch that it is written with. */
  batch: Map<string, Pending>
  organizationId: string
  id: string
  /** The last of them is the one that is being counted in. */
  minutes: Minute[]
  /** The last use that was let in; 0 where there was none. */
  usedAt: number
  ip: string | undefined
  userAgent: string | undefined
  /** What was counted last: most uses are of the same route in the same minute. */
  route: string
  startsAt: number
  counts: number[]
}

/** A key, and where its uses are counted: that is kept with it, so that a use need not look for it. */
export interface CountedKey {
  apiKey: ApiKey
  uses: Pending | undefined
}

const minuteMs = 60_000
const flushMs = 2000
/** Beyond so many routes of a key the others count as one: hosts that pass whole paths must not fill the memory. */
const mostRoutes = 100
const otherRoutes = '(other)'
const mostPending = 100_000
const longestText = 500
const intervals: readonly UsageInterval[] = ['minute', 'hour', 'day']

/**
 * Counts the uses of keys, and writes them in batches: a use costs no statement, and however often a key is used, its row is
 * written once per batch.
 */
export class UsageRecorder {
  readonly #storage: Pick<ApiKeyStorage, 'recordApiKeyUsage'>
  readonly #clock: Clock
  readonly #logger: Log
  readonly #observe: Observer | undefined
  #pending = new Map<string, Pending>()
  #cancelTimer: (() => void) | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(
    storage: Pick<ApiKeyStorage, 'recordApiKeyUsage'>,
    { clock, logger, observe }: { clock: Clock; logger: Log; observe?: Observer | undefined },
  ) {
    this.#storage = storage
    this.#clock = clock
    this.#logger = logger
    this.#observe = observe
  }

  record(key: CountedKey, outcome: ApiKeyOutcome, { ip, userAgent, route = '' }: KeyUse, now: number): void {
    const uses = key.uses?.batch === this.#pending ? key.uses : this.#usesOf(key)
    if (uses === undefined) return
    const counts = countsFor(uses, route, now)
    const place = places[outcome]
    counts[place] = (counts[place] ?? 0) + 1
    if (outcome !== 'ok') return
    uses.usedAt = now
    uses.ip = ip
    uses.userAgent = userAgent
  }

  /** Writes what there is. Never throws: what could not be written is written with the next batch. */
  async flush(): Promise<void> {
    this.#flushing = this.#flushing.then(async () => this.#write())
    return this.#flushing
  }

  async close(): Promise<void> {
    this.#cancelTimer?.()
    await this.flush()
    this.#cancelTimer?.()
  }

  #usesOf(key: CountedKey): Pending | undefined {
    const { id, organizationId } = key.apiKey
    key.uses = this.#pending.get(id) ?? this.#add(organizationId, id)
    return key.uses
  }

  #add(organizationId: string, id: string): Pending | undefined {
    if (this.#pending.size >= mostPending) return undefined
    const pending: Pending = {
      batch: this.#pending,
      organizationId,
      id,
      minutes: [],
      usedAt: 0,
      ip: undefined,
      userAgent: undefined,
      route: '',
      startsAt: Number.NEGATIVE_INFINITY,
      counts: [],
    }
    this.#pending.set(id, pending)
    this.#cancelTimer ??= this.#clock.schedule(() => void this.flush(), flushMs)
    return pending
  }

  async #write(): Promise<void> {
    this.#cancelTimer = undefined
    const batch = this.#pending
    if (batch.size === 0) return
    this.#pending = new Map()
    const all = [...batch.values()]
    try {
      await this.#storage.recordApiKeyUsage(all.flatMap(lastUseOf), all.flatMap(countsOf))
    } catch (error) {
      this.#logger.warn(
        { err: error, count: all.length },
        'The usage of API keys could not be written; trying again',
      )
      this.#putBack(batch)
      return
    }
    if (this.#observe !== undefined) for (const pending of all) tellUses(this.#observe, pending)
  }

  #putBack(batch: Map<string, Pending>): void {
    for (const [id, pending] of batch) {
      const newer = this.#pending.get(id) ?? this.#add(pending.organizationId, id)
      if (newer === undefined) return
      newer.minutes.unshift(...pending.minutes)
      if (newer.usedAt > 0) continue
      const { usedAt, ip, userAgent } = pending
      Object.assign(newer, { usedAt, ip, userAgent })
    }
  }
}

function minuteOf({ minutes }: Pending, now: number): Minute {
  const last = minutes[minutes.length - 1]
  if (last !== undefined && now - last.startsAt < minuteMs) return last
  const minute: Minute = { startsAt: now - (now % minuteMs), routes: new Map() }
  minutes.push(minute)
  return minute
}

const places = Object.fromEntries(apiKeyOutcomes.map((outcome, place) => [outcome, place])) as Record<
  ApiKeyOutcome,
  number
>

function countsFor(uses: Pending, route: string, now: number): number[] {
  if (uses.route === route && now - uses.startsAt < minuteMs) return uses.counts
  const { startsAt, routes } = minuteOf(uses, now)
  uses.route = route
  uses.startsAt = startsAt
  uses.counts = routes.get(route) ?? addRoute(routes, route)
  return uses.counts
}

function addRoute(routes: Minute['routes'], route: string): number[] {
  const name = routes.size < mostRoutes ? route.slice(0, longestText) : otherRoutes
  const known = routes.get(name)
  if (known !== undefined) return known
  const counts = apiKeyOutcomes.map(() => 0)
  routes.set(name, counts)
  return counts
}

function tellUses(observe: Observer, { organizationId, id: apiKeyId, minutes }: Pending): void {
  for (const [place, outcome] of apiKeyOutcomes.entries()) {
    let count = 0
    for (const { routes } of minutes) for (const counts of routes.values()) count += counts[place] ?? 0
    if (count > 0) observe({ type: 'api_key.used', organizationId, apiKeyId, outcome, count })
  }
}

function lastUseOf({ organizationId, id, usedAt, ip, userAgent }: Pending): ApiKeyUse[] {
  if (usedAt === 0) return []
  const agent = userAgent?.slice(0, longestText) ?? null
  return [{ organizationId, id, usedAt: new Date(usedAt), ip: ip ?? null, userAgent: agent }]
}

/** Each use counts for its minute, its hour and its day: nothing has to be added up later. */
function countsOf({ organizationId, id, minutes }: Pending): ApiKeyUsageCount[] {
  return minutes.flatMap(({ startsAt, routes }) =>
    [...routes].flatMap(([route, counts]) =>
      apiKeyOutcomes.flatMap((outcome, place) => {
        const count = counts[place] ?? 0
        if (count === 0) return []
        return intervals.map((interval): ApiKeyUsageCount => {
          const start = startOfInterval(interval, startsAt)
          return { organizationId, id, interval, startsAt: start, outcome, route, count }
        })
      }),
    ),
  )
}
