import { isLeadhooksError } from '@leadhooks/core'
import { attemptRow, bulkReplayRow, eventRow, webhookRow } from '@leadhooks/core/conformance'
import type {
  ClaimedDelivery,
  Delivery,
  Scoped,
  Settlement,
  Storage,
  StoredBulkReplay,
} from '@leadhooks/core/storage'
import type { Operation, Outcome, Step, Switch } from './step.ts'

const second = 1000
const hour = 3600 * second
const day = 24 * hour
const leaseMs = 60 * second
const pauseMs = 600 * second
const most = 1000

/** A delivery as it can be told of in every storage alike: by name, since ids differ. */
export type Shown = Omit<Delivery, 'id' | 'organizationId' | 'webhookId' | 'eventId' | 'eventType'> & {
  name: string
  isHeld: boolean
}

export interface ShownWebhook {
  number: number
  takes: 'all' | 'contacts'
  enabled: boolean
  disabledReason: string | null
}

export interface Snapshot {
  deliveries: Shown[]
  /** Those that there are. */
  webhooks: ShownWebhook[]
  lastEvent: string | undefined
}

/** What a lease went through: `leased --> lapsed`. */
type OnLease = (arrow: string) => void

/** Opens the storage, at first and after each restart. */
export type OpenStorage = () => Promise<Storage>

/**
 * One storage, and what happens to it. As long as the same happens to several of them, they must show the same. One delivery lapses
 * at a time: which of several suspects goes first is each storage's own to choose.
 */
export class World {
  readonly name: string
  readonly #open: OpenStorage
  readonly #organizationId: string
  readonly #onLease: OnLease
  #storage: Storage
  #now: number
  #webhookIds: string[] = []
  /** Those that are no more, too: deliveries are named by their numbers. */
  readonly #allWebhookIds: string[] = []
  #eventIds: string[] = []
  /** By the ids of deliveries. */
  readonly #held = new Map<string, ClaimedDelivery>()
  readonly #lapsed = new Set<string>()
  /** Claims that count no more. */
  #late: ClaimedDelivery[] = []

  private constructor(name: string, open: OpenStorage, storage: Storage, options: WorldOptions) {
    this.name = name
    this.#open = open
    this.#storage = storage
    this.#organizationId = options.organizationId
    this.#onLease = options.onLease
    this.#now = options.now
  }

  static async open(name: string, open: OpenStorage, options: WorldOptions): Promise<World> {
    const world = new World(name, open, await open(), options)
    await world.#addWebhook([])
    await world.#addWebhook(['contact.*'])
    return world
  }

  /** Lets a step happen. Answers what a caller would be told of it. */
  async take(step: Step): Promise<unknown> {
    this.#now++
    switch (step.does) {
      case 'dispatch':
        return this.#dispatch(`evt_${this.#eventIds.length + 1}`, step.eventType)
      case 'dispatch again':
        return this.#eventIds[0] === undefined ? null : this.#dispatch(this.#eventIds[0], 'contact.created')
      case 'claim':
        return this.#claim()
      case 'claim for one':
        return this.#claimForOne(step.which)
      case 'claim and lapse':
        await this.#claim()
        return this.#pass(leaseMs)
      case 'settle':
        return this.#settle(await this.#pickHeld(step.which), step.outcome)
      case 'settle too late':
        return this.#settleLate(step)
      case 'release':
        return this.#release(await this.#pickHeld(step.which))
      case 'renew':
        return this.#renew(await this.#pickHeld(step.which))
      case 'shape':
        return this.#shape(await this.#pickHeld(step.which))
      case 'wait':
        return this.#pass(step.ms)
      case 'expire':
        return this.#expire()
      case 'restart':
        this.#storage = await this.#open()
        return null
      case 'cancel':
      case 'retry now':
      case 'resolve':
      case 'replay':
        return this.#operate(step)
      case 'replay many':
        return this.#replayMany(step.status)
      case 'recover':
        return this.#recover(step)
      case 'delete webhook':
        return this.#deleteWebhook(step.which)
      case 'cancel what waits':
        return this.#cancelWhatWaits(step)
      default:
        return this.#switchWebhook(step)
    }
  }

  /** What an organization sees. */
  async snapshot(): Promise<Snapshot> {
    const rows = await this.#rows()
    const names = new Map(rows.map(({ name, row }) => [row.id, name]))
    const nameOf = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? '?'))
    const deliveries = rows.map(({ name, row }) => {
      const { id, organizationId: _o, webhookId: _w, eventId: _e, eventType: _t, ...shown } = row
      if (row.finishedAt !== null) this.#endLease(id)
      const chain = {
        replayOf: nameOf(row.replayOf),
        replayRoot: nameOf(row.replayRoot),
        replayDepth: row.replayDepth,
      }
      return Object.assign(shown, chain, { name, isHeld: this.#held.has(id) })
    })
    const webhooks = await Promise.all(this.#webhookIds.map((id) => this.#showWebhook(id)))
    return { deliveries, webhooks, lastEvent: this.#eventIds.at(-1) }
  }

  /** The attempts of every delivery, and what was made for it to send, by its name. */
  async attempts(): Promise<Record<string, unknown>> {
    const shown: Record<string, unknown> = {}
    for (const { name, row } of await this.#rows()) {
      const attempts = await this.#storage.listAttempts(row)
      const body = await this.#storage.findBody(row)
      shown[name] = [
        attempts?.map(({ number, outcome, statusCode, batch }) => [number, outcome, statusCode, batch]),
        body,
      ]
    }
    return shown
  }

  /** Lets everything go that waits, and delivers it; what is left unfinished after that is stuck. */
  async drain(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      await this.#letAllGo()
      await this.#pass(2 * hour)
      await this.#claim()
      for (const claimed of this.#held.values()) await this.#settle(claimed, 'delivered')
      const rows = await this.#rows()
      if (rows.every(({ row }) => row.finishedAt !== null)) return
    }
  }

  /** Leaves nothing behind that a later world could be given. */
  async end(): Promise<void> {
    for (const id of this.#webhookIds) await this.#removeWebhook(id)
  }

  get now(): number {
    return this.#now
  }

  get #at(): Date {
    return new Date(this.#now)
  }

  async #addWebhook(eventTypes: string[]): Promise<void> {
    const webhook = webhookRow({
      organizationId: this.#organizationId,
      eventTypes,
      createdAt: this.#at,
      maxAgeMs: day,
    })
    await this.#storage.insertWebhook(webhook)
    this.#webhookIds.push(webhook.id)
    this.#allWebhookIds.push(webhook.id)
  }

  async #dispatch(id: string, type: string): Promise<unknown> {
    const event = eventRow({ organizationId: this.#organizationId, id, type, createdAt: this.#at })
    const [inserted] = await this.#storage.insertEvents([event], { now: this.#at })
    if (!this.#eventIds.includes(id)) this.#eventIds.push(id)
    return { deliveries: inserted?.deliveries, duplicate: inserted?.duplicate }
  }

  /** As for a batch that is not full yet. */
  async #claimForOne(which: number): Promise<string[] | null> {
    const id = this.#webhookIds[which % this.#webhookIds.length]
    return id === undefined ? null : this.#claim({ organizationId: this.#organizationId, id })
  }

  async #claim(only?: Scoped): Promise<string[]> {
    const claimed = await this.#storage.claimDeliveries({
      limit: most,
      leaseMs,
      room: new Map(),
      defaultConcurrency: most,
      now: this.#at,
      only,
    })
    for (const one of claimed) {
      this.#onLease(this.#lapsed.delete(one.id) ? 'lapsed --> leased' : 'waiting --> leased')
      this.#held.set(one.id, one)
    }
    return this.#namesOf(claimed)
  }

  async #settle(claimed: ClaimedDelivery | undefined, outcome: Outcome): Promise<unknown> {
    if (claimed === undefined) return null
    const written = await this.#storage.settleDeliveries([this.#settlement(claimed, outcome)], {
      now: this.#at,
    })
    this.#held.delete(claimed.id)
    this.#late.push(claimed)
    const isOver = !['retrying', 'retrying_later', 'put_off'].includes(outcome)
    this.#onLease(isOver ? 'leased --> finished' : 'leased --> waiting')
    return written
  }

  /** The last one that a claim was taken from; only its attempt is left. */
  async #settleLate({ which, outcome }: Extract<Step, { outcome: Outcome }>): Promise<unknown> {
    const named = await this.#named(this.#late.filter(({ id }) => !this.#held.has(id)))
    const late = named[which % Math.max(1, named.length)]
    if (late === undefined) return null
    return this.#storage.settleDeliveries([this.#settlement(late, outcome)], { now: this.#at })
  }

  #settlement({ id, lease, attempt }: ClaimedDelivery, outcome: Outcome): Settlement {
    const sent = { startedAt: this.#at, batch: { id: 'bat_1', size: attempt + 1 } }
    const failed = attemptRow(attempt, { ...sent, outcome: 'failed', failure: 'status', statusCode: 500 })
    const claim = { id, lease }
    switch (outcome) {
      case 'delivered':
        return { ...claim, attempt: attemptRow(attempt, sent), next: { status: 'delivered' } }
      case 'retrying':
        return { ...claim, attempt: failed, next: { status: 'retrying', delayMs: 0 } }
      case 'retrying_later':
        return { ...claim, attempt: failed, next: { status: 'retrying', delayMs: 20 * second } }
      case 'put_off':
        return { ...claim, attempt: null, next: { status: 'retrying', delayMs: 20 * second } }
      case 'filtered':
        return { ...claim, attempt: null, next: { status: 'cancelled', reason: 'filtered' } }
      case 'undecryptable':
        return { ...claim, attempt: null, next: { status: 'dead_letter', reason: 'undecryptable' } }
      case 'gone':
        return {
          ...claim,
          attempt: failed,
          next: { status: 'dead_letter', reason: 'gone' },
          disableWebhook: 'gone',
        }
      default:
        return { ...claim, attempt: failed, next: { status: 'dead_letter', reason: 'exhausted' } }
    }
  }

  async #release(claimed: ClaimedDelivery | undefined): Promise<null> {
    if (claimed === undefined) return null
    await this.#storage.releaseDeliveries([claimed], { now: this.#at })
    this.#held.delete(claimed.id)
    this.#onLease('leased --> waiting')
    return null
  }

  async #shape(claimed: ClaimedDelivery | undefined): Promise<unknown> {
    if (claimed === undefined) return null
    const { id, lease } = claimed
    return this.#storage.keepBodies([{ id, lease, format: 'data', body: String(this.#now) }])
  }

  async #renew(claimed: ClaimedDelivery | undefined): Promise<unknown> {
    if (claimed === undefined) return null
    const held = await this.#storage.renewLeases([claimed], { leaseMs, now: this.#at })
    this.#onLease('leased --> leased')
    return held.length
  }

  /** Whoever holds more than one delivery gives the others back before their leases lapse. */
  async #pass(ms: number): Promise<null> {
    if (ms >= leaseMs / 2) {
      const [first, ...others] = await this.#named([...this.#held.values()])
      for (const claimed of others) await this.#release(claimed)
      if (first !== undefined && ms < leaseMs) await this.#renew(first)
      if (first !== undefined && ms >= leaseMs) this.#lapse(first)
    }
    this.#now += ms
    return null
  }

  #lapse(claimed: ClaimedDelivery): void {
    this.#held.delete(claimed.id)
    this.#lapsed.add(claimed.id)
    this.#late.push(claimed)
    this.#onLease('leased --> lapsed')
  }

  async #expire(): Promise<unknown> {
    await this.#pass(day + hour)
    const expired = await this.#storage.expireDeliveries({
      limit: most,
      defaultMaxAgeMs: day,
      now: this.#at,
    })
    return expired.length
  }

  async #operate({ does, which }: Operation): Promise<unknown> {
    const rows = await this.#rows()
    // What is finished can be cancelled no more: that is tried now and then.
    const isForUnfinished = does === 'cancel' || does === 'retry now'
    const unfinished = rows.filter(({ row }) => row.finishedAt === null)
    const those = isForUnfinished && which < 7 && unfinished.length > 0 ? unfinished : rows
    const row = those[which % Math.max(1, those.length)]?.row
    if (row === undefined) return null
    const delivery = { organizationId: this.#organizationId, id: row.id, now: this.#at }
    const operations = {
      cancel: () => this.#storage.cancelDelivery(delivery),
      'retry now': () => this.#storage.retryDelivery(delivery),
      resolve: () => this.#storage.resolveDelivery(delivery),
      replay: () => this.#storage.replayDelivery(delivery),
    }
    return told(async () => (await operations[does]())?.status ?? null)
  }

  async #replayMany(status: 'dead_letter' | 'cancelled' | 'delivered'): Promise<unknown> {
    return this.#runBulkReplay({ status })
  }

  async #recover({ which, includeFailed }: Extract<Step, { does: 'recover' }>): Promise<unknown> {
    const webhookId = this.#pickWebhook(which)
    return this.#runBulkReplay({
      kind: 'recovery',
      webhookId,
      since: new Date(0),
      status: null,
      includeFailed,
    })
  }

  async #runBulkReplay(wanted: Partial<StoredBulkReplay>): Promise<unknown> {
    const organizationId = this.#organizationId
    const times = { until: this.#at, createdAt: this.#at }
    const { id } = await this.#storage.insertBulkReplay(
      bulkReplayRow({ organizationId, ...times, ...wanted }),
    )
    for (;;) {
      const step = { organizationId, id, limit: 3, lookThrough: 4, now: this.#at }
      const advanced = await this.#storage.advanceBulkReplay(step)
      if (advanced?.state !== 'running') return [advanced?.state, advanced?.replayed, advanced?.skipped]
    }
  }

  /** Another one takes its place. */
  async #deleteWebhook(which: number): Promise<null> {
    const index = which % this.#webhookIds.length
    await this.#removeWebhook(this.#pickWebhook(which))
    this.#webhookIds.splice(index, 1)
    await this.#addWebhook(index === 0 ? [] : ['contact.*'])
    return null
  }

  async #removeWebhook(id: string): Promise<void> {
    await this.#storage.deleteWebhook({ organizationId: this.#organizationId, id, now: this.#at })
  }

  async #cancelWhatWaits({
    which,
    madeBefore,
  }: Extract<Step, { does: 'cancel what waits' }>): Promise<unknown> {
    const webhookId = this.#pickWebhook(which)
    const createdBefore = madeBefore === 'now' ? null : new Date(this.#now - hour)
    const waiting = { organizationId: this.#organizationId, webhookId, createdBefore, limit: most }
    return this.#storage.cancelWaiting({ ...waiting, now: this.#at })
  }

  async #switchWebhook({ does, which }: Switch): Promise<null> {
    const id = this.#pickWebhook(which)
    const changes = {
      pause: { waitsUntil: new Date(this.#now + pauseMs), waitsFor: 'paused' },
      disable: { enabled: false, disabledReason: 'by_user', disabledAt: this.#at },
      enable: { enabled: true, disabledReason: null, disabledAt: null, waitsUntil: null, waitsFor: null },
    } as const
    const webhook = { organizationId: this.#organizationId, id }
    await this.#storage.updateWebhook(webhook, { ...changes[does], updatedAt: this.#at })
    return null
  }

  async #letAllGo(): Promise<void> {
    for (const which of this.#webhookIds.keys()) await this.#switchWebhook({ does: 'enable', which })
  }

  #pickWebhook(which: number): string {
    return this.#webhookIds[which % this.#webhookIds.length] ?? ''
  }

  async #showWebhook(id: string): Promise<ShownWebhook> {
    const found = await this.#storage.findWebhook({ organizationId: this.#organizationId, id })
    return {
      number: this.#allWebhookIds.indexOf(id),
      takes: found?.eventTypes.length === 0 ? 'all' : 'contacts',
      enabled: found?.enabled ?? false,
      disabledReason: found?.disabledReason ?? null,
    }
  }

  async #pickHeld(which: number): Promise<ClaimedDelivery | undefined> {
    const held = await this.#named([...this.#held.values()])
    return held[which % Math.max(1, held.length)]
  }

  /** What was held, or had lapsed, and is finished without the worker. */
  #endLease(id: string): void {
    const claimed = this.#held.get(id)
    if (claimed !== undefined) {
      this.#held.delete(id)
      this.#late.push(claimed)
      this.#onLease('leased --> finished')
    }
    if (this.#lapsed.delete(id)) this.#onLease('lapsed --> finished')
  }

  async #named(claimed: readonly ClaimedDelivery[]): Promise<ClaimedDelivery[]> {
    const rows = await this.#rows()
    const order = new Map(rows.map(({ row }, index) => [row.id, index]))
    return [...claimed].sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
  }

  async #namesOf(claimed: readonly ClaimedDelivery[]): Promise<string[]> {
    const rows = await this.#rows()
    const names = new Map(rows.map(({ name, row }) => [row.id, name]))
    return claimed
      .map(({ id, attempt, status, shapedAs, event }) => {
        const sent = shapedAs === null ? '' : `${shapedAs} ${event.body}`
        return `${names.get(id) ?? '?'} ${attempt} ${status} ${sent}`
      })
      .sort()
  }

  /** Every delivery with its name, in the order of names: `evt_1 > 0 #2` is the second one of an event to a webhook. */
  async #rows(): Promise<{ name: string; row: Delivery }[]> {
    const found = await this.#storage.listDeliveries({ organizationId: this.#organizationId, limit: most })
    const times = new Map(found.map(({ id, createdAt }) => [id, createdAt.getTime()]))
    // One bulk replay may make several deliveries of the same path at once: they differ by what they repeat.
    const madeAt = (id: string | null): number => (id === null ? 0 : (times.get(id) ?? 0))
    const counts = new Map<string, number>()
    const sorted = found
      .map((row) => ({ row, path: `${row.eventId} > ${this.#allWebhookIds.indexOf(row.webhookId)}` }))
      .sort(
        (a, b) =>
          a.row.createdAt.getTime() - b.row.createdAt.getTime() ||
          compare(a.path, b.path) ||
          madeAt(a.row.replayOf) - madeAt(b.row.replayOf),
      )
    return sorted.map(({ row, path }) => {
      const count = (counts.get(path) ?? 0) + 1
      counts.set(path, count)
      return { name: `${path} #${count}`, row }
    })
  }
}

export interface WorldOptions {
  organizationId: string
  now: number
  onLease: OnLease
}

async function told(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    if (isLeadhooksError(error)) return error.code
    throw error
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
