import type { Counts } from '../model/rollup.ts'
import { sumOf } from '../rollups/counts.ts'
import { quantiles } from '../rollups/latency.ts'

/**
 * What came of deliveries in some time. Where there was nothing all of it is 0, rates and latencies too: `deliveries` and `attempts`
 * tell that from a rate of 0.
 */
export interface Figures {
  /** Deliveries that ended: delivered, or as dead letters. What was cancelled, or left out by a filter, is none of them. */
  deliveries: number
  delivered: number
  deadLettered: number
  /** Requests that were started and whose result is known. */
  attempts: number
  succeeded: number
  failed: number
  /** The attempts that were not the first of their delivery. */
  retries: number
  /** Of what ended, so much was delivered, however many attempts it took; in percent. */
  successRate: number
  /** Of the first attempts, so many succeeded; in percent. */
  firstAttemptSuccessRate: number
  /** How long requests took that were answered, whatever the answer; in milliseconds. */
  averageMs: number
  /** Off by less than 5 %, as all percentiles. */
  p50Ms: number
  p95Ms: number
  p99Ms: number
}

export function figuresOf(counts: Counts): Figures {
  const { attempts, firstAttempts, firstSucceeded, delivered, answeredMicros, latencies } = counts
  const deadLettered = sumOf(counts.deadLetters)
  const failed = sumOf(counts.failures)
  const answered = sumOf(latencies)
  const [p50Ms = 0, p95Ms = 0, p99Ms = 0] = quantiles(latencies, [0.5, 0.95, 0.99]).map(rounded)
  return {
    deliveries: delivered + deadLettered,
    delivered,
    deadLettered,
    attempts,
    succeeded: attempts - failed,
    failed,
    retries: attempts - firstAttempts,
    successRate: percent(delivered, delivered + deadLettered),
    firstAttemptSuccessRate: percent(firstSucceeded, firstAttempts),
    averageMs: answered === 0 ? 0 : rounded(answeredMicros / answered / 1000),
    p50Ms,
    p95Ms,
    p99Ms,
  }
}

/** With two decimals; 0 of nothing. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : rounded((100 * part) / whole)
}

/** To hundredths, and small numbers to three digits. */
function rounded(value: number): number {
  return value >= 1 ? Math.round(value * 100) / 100 : Number(value.toPrecision(3))
}
