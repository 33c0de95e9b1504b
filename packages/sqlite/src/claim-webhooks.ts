import type { ClaimRequest, LeadhooksError, StoredWebhook } from '@leadhooks/core/storage'
import { type Columns, readWebhook } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'
import { isCorrupt } from './driver-errors.ts'

type WebhookRow = Columns<StoredWebhook>

const selectWebhook = `select * from leadhooks_webhooks where organization_id = ? and id = ?`

interface Known {
  /** Null for a webhook that gets nothing: it is disabled, waits, is gone, or its row cannot be read. */
  webhook: StoredWebhook | null
  room: number
}

/** The webhooks of one claim, each read once, and how many more deliveries they may be given. */
export class ClaimWebhooks {
  readonly #connection: Connection
  readonly #request: ClaimRequest
  readonly #now: number
  readonly #onCorrupt: (error: LeadhooksError) => void
  readonly #known = new Map<string, Known>()
  /** How many more deliveries each organization may be given. */
  readonly #organizations = new Map<string, number>()

  constructor(
    connection: Connection,
    request: ClaimRequest,
    now: number,
    onCorrupt: (error: LeadhooksError) => void,
  ) {
    this.#connection = connection
    this.#request = request
    this.#now = now
    this.#onCorrupt = onCorrupt
  }

  /** Whether the organization may be given a delivery. */
  hasRoom(organizationId: string): boolean {
    return this.#organizationRoom(organizationId) > 0
  }

  /** The webhook, where it and its organization may be given a delivery. */
  withRoom(organizationId: string, webhookId: string): StoredWebhook | null {
    if (!this.hasRoom(organizationId)) return null
    const { webhook, room } = this.#find(organizationId, webhookId)
    return room > 0 ? webhook : null
  }

  /** Counts a delivery that the webhook is given. */
  give(organizationId: string, webhookId: string): void {
    this.#find(organizationId, webhookId).room--
    this.#organizations.set(organizationId, this.#organizationRoom(organizationId) - 1)
  }

  #organizationRoom(organizationId: string): number {
    const { organizationRoom, mostPerOrganization = Infinity } = this.#request
    return (
      this.#organizations.get(organizationId) ?? organizationRoom?.get(organizationId) ?? mostPerOrganization
    )
  }

  #find(organizationId: string, webhookId: string): Known {
    const known = this.#known.get(webhookId)
    if (known !== undefined) return known
    const found = this.#read(organizationId, webhookId)
    this.#known.set(webhookId, found)
    return found
  }

  #read(organizationId: string, webhookId: string): Known {
    const { room, defaultConcurrency, mostConcurrency = Infinity } = this.#request
    // A webhook without room need not be read. There can be many of them, and they are asked for in every claim.
    if (room.get(webhookId) === 0) return { webhook: null, room: 0 }
    const row = this.#connection.get(selectWebhook, organizationId, webhookId) as WebhookRow | undefined
    if (row?.enabled !== 1 || Number(row.waits_until) > this.#now) return { webhook: null, room: 0 }
    try {
      const webhook = readWebhook(codec, row)
      const own = Math.min(webhook.concurrency ?? defaultConcurrency, mostConcurrency)
      return { webhook, room: room.get(webhookId) ?? own }
    } catch (error) {
      if (!isCorrupt(error)) throw error
      this.#onCorrupt(error)
      return { webhook: null, room: 0 }
    }
  }
}
