import type { LimitCheck } from '@leadhooks/core'
import { permitId } from './held-permits.ts'

interface Refusal {
  cost: number
  until: number
  resetAt: number
}

const mostRemembered = 10_000

/**
 * What was refused a moment ago: whoever goes on asking costs the database nothing. For no longer than permits are leased: by
 * then others may have given some back.
 */
export class RecentRefusals {
  readonly #leaseMs: number
  readonly #known = new Map<string, Refusal>()

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs
  }

  add(check: LimitCheck, cost: number, now: number, resetMs: number): void {
    if (this.#known.size >= mostRemembered) this.#known.clear()
    const until = now + Math.min(resetMs, this.#leaseMs)
    this.#known.set(permitId(check), { cost, until, resetAt: now + resetMs })
  }

  /** For each limit how long it refuses still, 0 where it does not; undefined where none of them does. */
  find(checks: readonly LimitCheck[], cost: number, now: number): number[] | undefined {
    if (this.#known.size === 0) return undefined
    const waits = checks.map((check) => {
      const refusal = this.#of(check, cost, now)
      return refusal === undefined ? 0 : Math.max(1, refusal.resetAt - now)
    })
    return waits.some((wait) => wait > 0) ? waits : undefined
  }

  /** Who asks for less may be let through. */
  #of(check: LimitCheck, cost: number, now: number): Refusal | undefined {
    const id = permitId(check)
    const refusal = this.#known.get(id)
    if (refusal === undefined || cost < refusal.cost) return undefined
    if (now < refusal.until) return refusal
    this.#known.delete(id)
    return undefined
  }
}
