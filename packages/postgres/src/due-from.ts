/** How far back a claim looks behind what was claimed last: transactions of the host may commit so much later. */
const slackMs = 10_000
const maxWebhooks = 10_000

/**
 * From when on each webhook may have something due. What was claimed and settled leaves dead rows at the beginning of its
 * range of the index, for as long as any transaction in the database may still see them; a claim that starts behind them
 * costs the same with an hour-old snapshot open as without one.
 */
export class DueFrom {
  readonly #times = new Map<string, number>()

  /** Null where nothing is known. */
  of(webhookId: string): Date | null {
    const time = this.#times.get(webhookId)
    return time === undefined ? null : new Date(time)
  }

  /** Everything that fell due before has been claimed, but for what a transaction of the host still holds back. */
  claimed(webhookId: string, dueAt: Date): void {
    this.#times.delete(webhookId)
    this.#times.set(webhookId, dueAt.getTime() - slackMs)
    if (this.#times.size <= maxWebhooks) return
    for (const [oldest] of this.#times) return void this.#times.delete(oldest)
  }

  /** Something was found that fell due then. */
  lower(webhookId: string, dueAt: Date): void {
    const time = this.#times.get(webhookId)
    if (time !== undefined && dueAt.getTime() < time) this.#times.set(webhookId, dueAt.getTime())
  }

  /** Something may be due from before. */
  forget(webhookId: string): void {
    this.#times.delete(webhookId)
  }
}
