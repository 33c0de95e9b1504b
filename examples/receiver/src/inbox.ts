import type { WebhookEvent } from '@leadhooks/verify-signature'

/** What came in, each event once: a delivery may arrive more than once, and its id tells. A product keeps the ids in its database. */
export class Inbox {
  readonly #seen = new Set<string>()
  readonly events: WebhookEvent[] = []

  /** Takes an event in; false where it is here already. The answer to the sender is the same. */
  take(event: WebhookEvent): boolean {
    if (this.#seen.has(event.id)) return false
    this.#seen.add(event.id)
    this.events.push(event)
    return true
  }
}
