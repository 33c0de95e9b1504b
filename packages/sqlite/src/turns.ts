interface Served {
  organizationId: string
  webhook: { id: string }
}

const maxRemembered = 10_000

/**
 * Whose turn it is. A claim that has to stop at its limit lets the next one begin behind the organization and the webhooks
 * that were served last. Each process goes round for itself.
 */
export class Turns {
  #organizationId = ''
  readonly #webhookIds = new Map<string, string>()

  /** The organization that was served last; empty when all were. */
  get lastOrganization(): string {
    return this.#organizationId
  }

  lastWebhook(organizationId: string): string {
    return this.#webhookIds.get(organizationId) ?? ''
  }

  record(served: readonly Served[], isComplete: boolean): void {
    if (isComplete || this.#webhookIds.size > maxRemembered) this.#webhookIds.clear()
    this.#organizationId = isComplete ? '' : (served.at(-1)?.organizationId ?? '')
    if (isComplete) return
    for (const { organizationId, webhook } of served) this.#webhookIds.set(organizationId, webhook.id)
  }
}
