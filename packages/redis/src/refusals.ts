import type { LimitCheck, LimitDecision } from '@leadhooks/core'

interface Refusal {
  decision: LimitDecision
  at: number
  cost: number
}

const mostRemembered = 10_000

/**
 * What was refused, until it can succeed: whoever goes on asking meanwhile is answered here. A call that takes less may fit, and
 * a limit that was changed is another one: those are asked about.
 */
export class Refusals {
  readonly #known = new Map<string, Refusal>()

  find(checks: readonly LimitCheck[], cost: number): LimitDecision | undefined {
    if (this.#known.size === 0) return undefined
    const id = idOf(checks)
    const refusal = this.#known.get(id)
    if (refusal === undefined || cost < refusal.cost) return undefined
    const elapsed = performance.now() - refusal.at
    const { decision } = refusal
    if (elapsed < decision.retryAfterMs) return later(decision, elapsed)
    this.#known.delete(id)
    return undefined
  }

  add(checks: readonly LimitCheck[], cost: number, decision: LimitDecision): void {
    if (this.#known.size >= mostRemembered) this.#known.clear()
    this.#known.set(idOf(checks), { decision, at: performance.now(), cost })
  }
}

function idOf(checks: readonly LimitCheck[]): string {
  return JSON.stringify(
    checks.map(({ key, name, limit, windowMs, algorithm, burst }) => [
      key,
      name,
      limit,
      windowMs,
      algorithm,
      burst,
    ]),
  )
}

function later({ limits, retryAfterMs, ...decision }: LimitDecision, elapsed: number): LimitDecision {
  const left = (ms: number): number => Math.max(1, Math.ceil(ms - elapsed))
  return {
    ...decision,
    limits: limits.map((limit) => Object.assign({}, limit, { resetMs: left(limit.resetMs) })),
    retryAfterMs: left(retryAfterMs),
  }
}
