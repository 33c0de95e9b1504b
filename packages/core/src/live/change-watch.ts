import type { Context } from '../context.ts'

/** Longer than clients can resume: nothing was left out meanwhile of what they have missed. */
const watchMs = 20 * 60_000
const renewAfterMs = 5 * 60_000
/** The workers of all processes look every two seconds who is watched. */
const heardOfAfterMs = 3000

/** Which organizations the clients of this process follow: their changes are noted from then on, wherever they happen. */
export class ChangeWatch {
  readonly #ctx: Context
  readonly #watched = new Map<string, { since: number; renewedAt: number }>()

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** Whether all workers have heard by now that somebody follows an organization: from then on nothing is missed. */
  isHeardOf(organizationId: string): boolean {
    const since = this.#watched.get(organizationId)?.since
    return since !== undefined && this.#ctx.clock.now() - since >= heardOfAfterMs
  }

  async keep(organizationIds: readonly string[]): Promise<void> {
    const { storage, storageTime, changes, clock } = this.#ctx
    const now = clock.now()
    for (const [id, { renewedAt }] of this.#watched) if (now - renewedAt >= watchMs) this.#watched.delete(id)
    const due = [...new Set(organizationIds)].filter(
      (id) => now - (this.#watched.get(id)?.renewedAt ?? -Infinity) >= renewAfterMs,
    )
    if (due.length === 0) return
    await storage.watchChanges({ organizationIds: due, forMs: watchMs, now: storageTime() })
    const isNew = due.some((id) => !this.#watched.has(id))
    for (const id of due)
      this.#watched.set(id, { since: this.#watched.get(id)?.since ?? clock.now(), renewedAt: now })
    if (isNew) await changes.refresh()
  }
}
