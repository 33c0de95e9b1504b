import type { Clock } from '../clock.ts'
import { systemClock } from '../clock.ts'
import { checkCost } from './check-cost.ts'
import type { Consumption, LimitCheck, LimitDecision, LimitState, RateLimiter } from './rate-limiter.ts'
import { slideWindow, type WindowCounts } from './sliding-window.ts'
import { drawTokens, type FullAt } from './token-bucket.ts'
import type { Verdict } from './verdict.ts'

interface Entry {
  state: WindowCounts | FullAt
  /** From when on it says nothing any more. */
  staleAt: number
}

const fewestToSweep = 1000

/** One that answers at once. */
export interface MemoryRateLimiter extends RateLimiter {
  consume(checks: readonly LimitCheck[], consumption: Consumption): LimitDecision
}

export interface MemoryRateLimiterOptions {
  /** For tests. @default the system's */
  clock?: Clock
}

/**
 * Counts in this process: every process lets as many through. It answers at once. Whoever has not called for two windows is
 * forgotten; nobody who has is, however many others there are.
 */
export function memoryRateLimiter({ clock = systemClock }: MemoryRateLimiterOptions = {}): MemoryRateLimiter {
  const entries = new Map<string, Entry>()
  let sweepAt = fewestToSweep

  /** Each sweep looks at all entries, and comes when there are twice as many as it left. */
  function sweep(now: number): void {
    for (const [id, { staleAt }] of entries) if (staleAt <= now) entries.delete(id)
    sweepAt = Math.max(fewestToSweep, entries.size * 2)
  }

  return {
    consume(checks, { cost, now = clock.now() }) {
      checkCost(checks, cost)
      const verdicts: Verdict<Entry['state']>[] = []
      let allowed = true
      for (const check of checks) {
        const verdict = judge(check, entries.get(idOf(check))?.state, cost, now)
        verdicts.push(verdict)
        allowed &&= verdict.allowed
      }
      if (allowed) keep(checks, verdicts, now)
      return toDecision(checks, verdicts, cost)
    },
  }

  function keep(
    checks: readonly LimitCheck[],
    verdicts: readonly Verdict<Entry['state']>[],
    now: number,
  ): void {
    if (entries.size >= sweepAt) sweep(now)
    for (const [index, check] of checks.entries()) {
      const state = verdicts[index]?.state
      if (state === undefined) continue
      const id = idOf(check)
      const known = entries.get(id)
      if (known === undefined) entries.set(id, { state, staleAt: staleAt(check, state, now) })
      else {
        known.state = state
        known.staleAt = staleAt(check, state, now)
      }
    }
  }
}

function judge(
  check: LimitCheck,
  state: Entry['state'] | undefined,
  cost: number,
  now: number,
): Verdict<Entry['state']> {
  return check.algorithm === 'token-bucket'
    ? drawTokens(state as FullAt | undefined, check, cost, now)
    : slideWindow(state as WindowCounts | undefined, check, cost, now)
}

const ids = new WeakMap<LimitCheck, string>()

/**
 * Another window or algorithm counts from nothing: what was counted by the former says little of it. A cached key comes with the
 * same checks each time: their ids are put together once.
 */
function idOf(check: LimitCheck): string {
  const known = ids.get(check)
  if (known !== undefined) return known
  const { key, name, windowMs, algorithm } = check
  const id = `${key} ${windowMs} ${algorithm === 'token-bucket' ? 'b' : 'w'} ${name}`
  ids.set(check, id)
  return id
}

function staleAt({ windowMs }: LimitCheck, state: Entry['state'], now: number): number {
  return typeof state === 'number' ? state : now + 2 * windowMs
}

/** What a decision says, from what each limit says. Where one refuses, the others are as they were before the call. */
export function toDecision(
  checks: readonly LimitCheck[],
  verdicts: readonly Omit<Verdict<unknown>, 'state'>[],
  cost: number,
): LimitDecision {
  let allowed = true
  let retryAfterMs = 0
  for (const verdict of verdicts) {
    if (verdict.allowed) continue
    allowed = false
    retryAfterMs = Math.max(retryAfterMs, verdict.resetMs)
  }
  const limits: LimitState[] = []
  for (const [index, { name, limit, windowMs }] of checks.entries()) {
    const verdict = verdicts[index]
    if (verdict === undefined) throw new RangeError('A limit without a verdict')
    const remaining = verdict.remaining + (!allowed && verdict.allowed ? cost : 0)
    limits.push({ name, limit, windowMs, allowed: verdict.allowed, remaining, resetMs: verdict.resetMs })
  }
  return { allowed, limits, retryAfterMs, degraded: false }
}
