interface Served {
  organizationId: string
  webhook: { id: string }
}

const maxRemembered = 10_000

/**
 * Whose turn it is. A claim that has to stop at its limit, or at an organization's room, lets the next one begin behind the
 * organization and the webhooks that were served last. Each process goes round for itself.
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

  /** `isComplete`: nothing was left. `hasRoom`: of an organization that has none, something may be left all the same. */
  record(served: readonly Served[], isComplete: boolean, hasRoom: (organizationId: string) => boolean): void {
    if (this.#webhookIds.size > maxRemembered) this.#webhookIds.clear()
    this.#organizationId = isComplete ? '' : (served.at(-1)?.organizationId ?? '')
    for (const { organizationId, webhook } of served) {
      if (isComplete && hasRoom(organizationId)) this.#webhookIds.delete(organizationId)
      else this.#webhookIds.set(organizationId, webhook.id)
    }
  }
}
