/** Requests to one webhook, or to all webhooks of one organization. */
interface Count {
  requests: number
  /** How many there may be at once. */
  most: number
}

/** Told that a request has ended: of which webhook and organization. */
type OnEnd = (webhookId: string, organizationId: string) => void

/**
 * The requests that all workers of one Leadhooks have under way, by webhook and by organization. However many workers a
 * process runs, a receiver sees no more at once than its webhook and its organization may have.
 */
export class UnderWay {
  readonly #webhooks = new Map<string, Count>()
  readonly #organizations = new Map<string, Count>()
  readonly #workers = new Set<OnEnd>()
  /** How many requests an organization may have under way. */
  readonly mostPerOrganization: number

  constructor(mostPerOrganization: number) {
    this.mostPerOrganization = mostPerOrganization
  }

  /** Lets a worker know of every request that another one ends, until it calls the function that this returns. */
  join(onEnd: OnEnd): () => void {
    this.#workers.add(onEnd)
    return () => void this.#workers.delete(onEnd)
  }

  ofWebhook(id: string): number {
    return this.#webhooks.get(id)?.requests ?? 0
  }

  ofOrganization(id: string): number {
    return this.#organizations.get(id)?.requests ?? 0
  }

  /** How many more each webhook and each organization may have that has any: what a claim is to know, whoever sent them. */
  webhookRoom(): Map<string, number> {
    return roomOf(this.#webhooks)
  }

  organizationRoom(): Map<string, number> {
    return roomOf(this.#organizations)
  }

  start(webhookId: string, organizationId: string, concurrency: number): void {
    add(this.#webhooks, webhookId, concurrency)
    add(this.#organizations, organizationId, this.mostPerOrganization)
  }

  /** `own`: what the worker that made the request is told by; it knows already. */
  end(webhookId: string, organizationId: string, own: OnEnd): void {
    remove(this.#webhooks, webhookId)
    remove(this.#organizations, organizationId)
    for (const onEnd of this.#workers) if (onEnd !== own) onEnd(webhookId, organizationId)
  }
}

function add(counts: Map<string, Count>, id: string, most: number): void {
  const count = counts.get(id)
  if (count === undefined) {
    counts.set(id, { requests: 1, most })
    return
  }
  count.requests++
  count.most = most
}

function remove(counts: Map<string, Count>, id: string): void {
  const count = counts.get(id)
  if (count === undefined) return
  count.requests--
  if (count.requests === 0) counts.delete(id)
}

function roomOf(counts: Map<string, Count>): Map<string, number> {
  const room = new Map<string, number>()
  for (const [id, { requests, most }] of counts) room.set(id, Math.max(0, most - requests))
  return room
}
