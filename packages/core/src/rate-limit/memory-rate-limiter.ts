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
  /** Whether another may have taken its place. */
  isForgotten: boolean
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
  /** A cached key comes with the same checks each time: where they are counted is looked up once. */
  const known = new WeakMap<LimitCheck, Entry>()
  let sweepAt = fewestToSweep

  /** Each sweep looks at all entries, and comes when there are twice as many as it left. */
  function sweep(now: number): void {
    for (const [id, entry] of entries) {
      if (entry.staleAt > now) continue
      entry.isForgotten = true
      entries.delete(id)
    }
    sweepAt = Math.max(fewestToSweep, entries.size * 2)
  }

  function find(check: LimitCheck): Entry | undefined {
    const entry = known.get(check)
    if (entry !== undefined && !entry.isForgotten) return entry
    const found = entries.get(idOf(check))
    if (found !== undefined) known.set(check, found)
    return found
  }

  function add(check: LimitCheck, state: Entry['state'], now: number): void {
    if (entries.size >= sweepAt) sweep(now)
    const entry = { state, staleAt: staleAt(check, state, now), isForgotten: false }
    entries.set(idOf(check), entry)
    known.set(check, entry)
  }

  return {
    consume(checks, { cost, now = clock.now() }) {
      checkCost(checks, cost)
      const found: (Entry | undefined)[] = []
      const verdicts: Verdict<Entry['state']>[] = []
      let allowed = true
      for (const check of checks) {
        const entry = find(check)
        const verdict = judge(check, entry?.state, cost, now)
        found.push(entry)
        verdicts.push(verdict)
        allowed &&= verdict.allowed
      }
      if (!allowed) return toDecision(checks, verdicts, cost)
      for (const [i, check] of checks.entries()) {
        const entry = found[i]
        const { state } = verdicts[i] as Verdict<Entry['state']>
        if (entry === undefined) add(check, state, now)
        else Object.assign(entry, { state, staleAt: staleAt(check, state, now) })
      }
      return toDecision(checks, verdicts, cost)
    },
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

/** Another window or algorithm counts from nothing: what was counted by the former says little of it. */
function idOf({ key, name, windowMs, algorithm }: LimitCheck): string {
  return `${key} ${windowMs} ${algorithm === 'token-bucket' ? 'b' : 'w'} ${name}`
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
  for (let i = 0; i < checks.length; i++) {
    const { name, limit, windowMs } = checks[i] as LimitCheck
    const verdict = verdicts[i]
    if (verdict === undefined) throw new RangeError('A limit without a verdict')
    const remaining = verdict.remaining + (!allowed && verdict.allowed ? cost : 0)
    limits.push({ name, limit, windowMs, allowed: verdict.allowed, remaining, resetMs: verdict.resetMs })
  }
  return { allowed, limits, retryAfterMs, degraded: false }
}
