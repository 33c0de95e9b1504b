import type { Counts } from '../model/rollup.ts'

export function emptyCounts(): Counts {
  return {
    attempts: 0,
    firstAttempts: 0,
    firstSucceeded: 0,
    delivered: 0,
    answeredMicros: 0,
    failures: {},
    deadLetters: {},
    latencies: {},
  }
}

/** Adds what is in `added` to `sum`, and answers `sum`. */
export function addCounts(sum: Counts, added: Counts): Counts {
  sum.attempts += added.attempts
  sum.firstAttempts += added.firstAttempts
  sum.firstSucceeded += added.firstSucceeded
  sum.delivered += added.delivered
  sum.answeredMicros += added.answeredMicros
  addEach(sum.failures, added.failures)
  addEach(sum.deadLetters, added.deadLetters)
  addEach(sum.latencies, added.latencies)
  return sum
}

function addEach(sums: Record<string, number>, added: Record<string, number>): void {
  for (const key in added) countOne(sums, key, added[key])
}

export function countOne(sums: Record<string, number>, key: string, count = 1): void {
  sums[key] = (sums[key] ?? 0) + count
}

export function sumOf(counts: Record<string, number>): number {
  let sum = 0
  for (const key in counts) sum += counts[key] ?? 0
  return sum
}

/** Counts as text, for a column: short, since there are many. */
export function writeCounts(counts: Counts): string {
  const { attempts, firstAttempts, firstSucceeded, delivered, answeredMicros } = counts
  const { failures, deadLetters, latencies } = counts
  const numbers = [attempts, firstAttempts, firstSucceeded, delivered, answeredMicros]
  return JSON.stringify([...numbers, failures, deadLetters, latencies])
}

/** The counts that `writeCounts` wrote. Throws for anything else. */
export function readCounts(text: string): Counts {
  const values: unknown = JSON.parse(text)
  if (!Array.isArray(values) || values.length !== 8 || !isWritten(values)) throw new TypeError('Not counts')
  const [attempts, firstAttempts, firstSucceeded, delivered, answeredMicros, ...maps] = values
  const [failures, deadLetters, latencies] = maps
  return {
    attempts,
    firstAttempts,
    firstSucceeded,
    delivered,
    answeredMicros,
    failures,
    deadLetters,
    latencies,
  }
}

type Map = Record<string, number>

function isWritten(values: unknown[]): values is [number, number, number, number, number, Map, Map, Map] {
  return values.every((value, place) => typeof value === (place < 5 ? 'number' : 'object') && value !== null)
}
