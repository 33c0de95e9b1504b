import { LeadhooksError, type StoredWebhook } from '@leadhooks/core/storage'
import { type Columns, readWebhook } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Database } from './database.ts'

const maxWebhooks = 10_000

interface Version {
  version: string
  webhook: StoredWebhook
}

/** Of which webhook, and of which version of its row, something was claimed. */
export interface Wanted {
  webhook_id: string
  webhook_version: string
}

/**
 * The webhooks of claimed deliveries. A claim says which version of a webhook it saw (`xmin`: the transaction that wrote the
 * row), and only those that changed since are read: not one statement more while nothing changes.
 */
export class WebhookCache {
  readonly #database: Database
  readonly #versions = new Map<string, Version>()

  constructor(database: Database) {
    this.#database = database
  }

  /** The webhooks by their ids. One that was deleted meanwhile is missing, and so is one whose row cannot be read. */
  async load(
    wanted: readonly Wanted[],
    onCorrupt: (error: LeadhooksError) => void,
  ): Promise<Map<string, StoredWebhook>> {
    const found = new Map<string, StoredWebhook>()
    const missing = new Set<string>()
    for (const { webhook_id: id, webhook_version: version } of wanted) {
      const known = this.#versions.get(id)
      if (known?.version === version) found.set(id, known.webhook)
      else missing.add(id)
    }
    if (missing.size > 0) await this.#read([...missing], found, onCorrupt)
    return found
  }

  async #read(
    ids: string[],
    found: Map<string, StoredWebhook>,
    onCorrupt: (error: LeadhooksError) => void,
  ): Promise<void> {
    const text = `select xmin::text as version, webhooks.* from leadhooks.webhooks where id = any($1::text[])`
    const rows = await this.#database.run<Columns<StoredWebhook> & { version: string }>(text, [ids])
    for (const { version, ...row } of rows) {
      try {
        const webhook = readWebhook(codec, row)
        this.#versions.delete(webhook.id)
        this.#versions.set(webhook.id, { version, webhook })
        found.set(webhook.id, webhook)
      } catch (error) {
        if (!(error instanceof LeadhooksError)) throw error
        onCorrupt(error)
      }
    }
    for (const [oldest] of this.#versions) {
      if (this.#versions.size <= maxWebhooks) break
      this.#versions.delete(oldest)
    }
  }
}
