import type { LimitCheck, LimitState } from '@leadhooks/core'

/** What this process may still give out of one limit. */
interface Holding {
  permits: number
  /** What there was left in the database when it was last asked. */
  left: number
  usableUntil: number
  /** How much was given out since the last lease, and over how long: what is worth leasing next. */
  given: number
  since: number
}

/** The permits that a process has leased, by limit. */
export class HeldPermits {
  readonly #holdings = new Map<string, Holding>()

  /** Whether there are enough of each. */
  covers(checks: readonly LimitCheck[], cost: number, now: number): boolean {
    return checks.every((check) => this.usable(check, now) >= cost)
  }

  /** Gives out of each; there must be enough. */
  give(checks: readonly LimitCheck[], cost: number): void {
    for (const check of checks) {
      const holding = this.#holdings.get(permitId(check))
      if (holding === undefined) continue
      holding.permits -= cost
      holding.given += cost
    }
  }

  add(check: LimitCheck, lease: { granted: number; left: number; usableUntil: number }, now: number): void {
    const permits = this.usable(check, now) + lease.granted
    const { left, usableUntil } = lease
    this.#holdings.set(permitId(check), { permits, left, usableUntil, given: 0, since: now })
  }

  /** About as much as goes in the time of a lease, by what went since the last one. */
  expected(check: LimitCheck, leaseMs: number, now: number): number {
    const holding = this.#holdings.get(permitId(check))
    if (holding === undefined || holding.given === 0) return 0
    return Math.ceil((holding.given / Math.max(1, now - holding.since)) * leaseMs)
  }

  /** How a limit stands, as far as is known here. */
  stateOf(check: LimitCheck, cost: number, now: number): Pick<LimitState, 'allowed' | 'remaining'> {
    const permits = this.usable(check, now)
    const left = this.#holdings.get(permitId(check))?.left ?? check.limit
    return { allowed: permits >= cost, remaining: left + permits }
  }

  /** Takes out what was not used in its time, to be given back, and forgets what is empty. */
  takeStale(now: number): { id: string; permits: number }[] {
    const stale: { id: string; permits: number }[] = []
    for (const [id, { permits, usableUntil }] of this.#holdings) {
      if (usableUntil > now) continue
      if (permits > 0) stale.push({ id, permits })
      this.#holdings.delete(id)
    }
    return stale
  }

  /** What may be given out at once. */
  usable(check: LimitCheck, now: number): number {
    const holding = this.#holdings.get(permitId(check))
    return holding === undefined || holding.usableUntil <= now ? 0 : holding.permits
  }
}

/** A limit that is changed is another one: what was leased of the former says nothing of it. */
export function permitId({ key, name, limit, windowMs, algorithm, burst }: LimitCheck): string {
  return JSON.stringify([rowId({ key, name, windowMs, algorithm }), limit, burst ?? null])
}

/** The row of a limit, which stays the same when more or less of it is allowed. */
export function rowId({
  key,
  name,
  windowMs,
  algorithm,
}: Pick<LimitCheck, 'key' | 'name' | 'windowMs' | 'algorithm'>): string {
  return `${key} ${windowMs} ${algorithm === 'token-bucket' ? 'b' : 'w'} ${name}`
}
