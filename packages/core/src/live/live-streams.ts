import { z } from 'zod'
import type { Context } from '../context.ts'
import { recurring } from '../deliveries/recurring.ts'
import { LeadhooksError } from '../errors.ts'
import { id, organizationId, parseInput } from '../input.ts'
import { deliveryStatuses } from '../model/delivery.ts'
import type { NotedChange } from '../storage/storage.ts'
import { ChangeWatch } from './change-watch.ts'
import type { DeliveryChange } from './delivery-change.ts'
import { LiveClient } from './live-client.ts'
import { readPosition, type StreamPosition, writePosition } from './stream-position.ts'

const pollMs = 1000
const beatMs = 15_000
/** Then a client has to ask again, and its key, or its session, is checked anew. */
const longestMs = 15 * 60_000
/** From when on a client that comes back is told to read everything anew. */
export const resumableMs = 10 * 60_000
const batch = 1000
const mostClientsPerOrganization = 200

export const streamFilters = z.strictObject({ webhookId: id, status: z.enum(deliveryStatuses) }).partial()

const streamInput = streamFilters.extend({ organizationId, lastEventId: z.string().optional() })
export type StreamDeliveriesInput = z.input<typeof streamInput>

type Noted = NotedChange & { key: number }

/**
 * Tells clients what becomes of deliveries. However many there are, the storage is asked once a second for all of them, and at once
 * when something happens in this process; where there are none, not at all.
 */
export class LiveStreams {
  readonly #ctx: Context
  readonly #watch: ChangeWatch
  readonly #clients = new Set<LiveClient>()
  /** What there was to tell to those that are just being told what they have missed. */
  readonly #resuming = new Map<LiveClient, Noted[]>()
  /** The last change that clients were told of. */
  #cursor = 0
  #endTasks: (() => Promise<void>)[] = []
  #polling: Promise<void> | undefined
  #isPoked = false
  #isClosed = false

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#watch = new ChangeWatch(ctx)
    ctx.changes.onNoted = () => this.#poke()
  }

  /** A stream of server-sent events, for one client. */
  async open(input: StreamDeliveriesInput): Promise<ReadableStream<Uint8Array>> {
    const { organizationId, lastEventId, ...filter } = parseInput(streamInput, input)
    const since = lastEventId === undefined ? null : readPosition(lastEventId)
    if (this.#isClosed) throw new LeadhooksError('closed', 'This Leadhooks was closed')
    this.#checkRoom(organizationId)
    await this.#watch.keep([organizationId])
    const last = await this.#ctx.storage.lastChange()
    this.#checkRoom(organizationId)
    const client = this.#add(organizationId, filter, last)
    if (since !== null) await this.#tellMissed(client, since)
    if (this.#watch.isHeardOf(organizationId)) client.begin(this.#position(this.#cursor))
    else client.beat()
    return client.stream
  }

  /** Ends all streams: their clients come back to another process. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const client of this.#clients) client.end()
    this.#clients.clear()
    await this.#stop()
    await this.#polling
  }

  #checkRoom(organizationId: string): void {
    let count = 0
    for (const client of this.#clients) if (client.organizationId === organizationId) count++
    if (count < mostClientsPerOrganization) return
    const message = `This organization has ${count} live streams open here: close some of them`
    throw new LeadhooksError('rate_limited', message)
  }

  #add(organizationId: string, filter: LiveClient['filter'], last: number): LiveClient {
    const client = new LiveClient(
      { organizationId, filter, openedAt: this.#ctx.clock.now() },
      { position: () => this.#position(this.#cursor), onGone: () => this.#remove(client) },
    )
    if (this.#isClosed) client.end()
    else this.#clients.add(client)
    if (this.#clients.size === 1 && this.#endTasks.length === 0) this.#start(last)
    return client
  }

  /** What others are told meanwhile is told afterwards: nothing is left out between the two, and nothing told twice. */
  async #tellMissed(client: LiveClient, since: StreamPosition): Promise<void> {
    const meanwhile: Noted[] = []
    this.#resuming.set(client, meanwhile)
    try {
      const missed = await this.#changesSince(since)
      if (missed === null) client.reset('too_old', this.#position(this.#cursor))
      let told = since.key
      for (const noted of [...(missed ?? []), ...meanwhile]) {
        // What nobody was told of yet comes with the next look.
        if (noted.key <= told || noted.key > this.#cursor) continue
        told = noted.key
        this.#tell(client, noted)
      }
    } catch (error) {
      client.end()
      this.#remove(client)
      throw error
    } finally {
      this.#resuming.delete(client)
    }
  }

  /** Null where it was too long ago, or too much has happened since. */
  async #changesSince({ key, at }: StreamPosition): Promise<Noted[] | null> {
    if (this.#ctx.clock.now() - at > resumableMs) return null
    const changes = await this.#ctx.storage.readChanges({ after: key, limit: batch })
    return changes.length === batch ? null : changes
  }

  #start(last: number): void {
    this.#cursor = last
    this.#endTasks = [
      recurring(this.#ctx, 'tell live streams', pollMs, async () => this.#tick()),
      recurring(this.#ctx, 'keep live streams', beatMs, async () => this.#beat()),
    ]
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#endTasks.splice(0).map((end) => end()))
  }

  #remove(client: LiveClient): void {
    this.#clients.delete(client)
    if (this.#clients.size === 0) void this.#stop()
  }

  #poke(): void {
    if (this.#clients.size > 0) void this.#poll().catch(() => {})
  }

  async #tick(): Promise<void> {
    await this.#poll()
    for (const client of this.#clients)
      if (!client.hasBegun && !this.#resuming.has(client) && this.#watch.isHeardOf(client.organizationId))
        client.begin(this.#position(this.#cursor))
  }

  /** One look after the other; asked for meanwhile, there is another one. */
  async #poll(): Promise<void> {
    this.#isPoked = true
    this.#polling ??= this.#pollToEnd().finally(() => (this.#polling = undefined))
    await this.#polling
  }

  async #pollToEnd(): Promise<void> {
    while (this.#isPoked && this.#clients.size > 0) {
      this.#isPoked = false
      const changes = await this.#ctx.storage.readChanges({ after: this.#cursor, limit: batch })
      for (const noted of changes) this.#tellAll(noted)
      if (changes.length === batch) this.#isPoked = true
    }
  }

  #tellAll(noted: Noted): void {
    // A look that began before all had gone, and others came, has nothing to say to these.
    if (noted.key <= this.#cursor) return
    this.#cursor = noted.key
    for (const client of this.#clients) {
      const meanwhile = this.#resuming.get(client)
      if (meanwhile === undefined) this.#tell(client, noted)
      else meanwhile.push(noted)
    }
  }

  #tell(client: LiveClient, noted: Noted): void {
    if (client.organizationId !== noted.organizationId) return
    client.tell(this.#position(noted.key), readChange(noted), noted.change)
  }

  async #beat(): Promise<void> {
    const now = this.#ctx.clock.now()
    for (const client of this.#clients) {
      client.beat()
      if (now - client.openedAt < longestMs) continue
      client.end()
      this.#remove(client)
    }
    await this.#watch.keep([...this.#clients].map((client) => client.organizationId))
  }

  #position(key: number): string {
    return writePosition({ key, at: this.#ctx.clock.now() })
  }
}

function readChange({ change }: NotedChange): DeliveryChange {
  return JSON.parse(change) as DeliveryChange
}
