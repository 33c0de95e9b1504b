import type { Attempt } from '../model/attempt.ts'
import type { DeadLetterReason } from '../model/delivery.ts'
import type { Counts, SettledFacts } from '../model/rollup.ts'
import type { Settlement } from '../storage/storage.ts'
import { countOne, emptyCounts } from './counts.ts'
import { latencyBucket } from './latency.ts'

const minuteMs = 60_000

type End = 'delivered' | DeadLetterReason | ''

/**
 * What analytics is to know of one settlement: how its delivery ended ('' where it did not), and of its attempt the minute in which
 * it was started, whether it was the first, the cause of its failure ('' for a success), and the microseconds to its answer.
 */
type Fact = [end: End] | [end: End, minute: number, isFirst: 0 | 1, cause: string, micros: number | null]

/** The fact of a settlement, as JSON; null where there is none, as for what a filter has left out. */
export function factOf({ attempt, next }: Pick<Settlement, 'attempt' | 'next'>): string | null {
  const end = endOf(next)
  if (attempt === null) return end === '' ? null : endFact(end)
  return JSON.stringify(attemptFact(attempt, end))
}

/** The fact of a delivery that ended without an attempt. */
export function endFact(end: Exclude<End, ''>): string {
  return JSON.stringify([end] satisfies Fact)
}

/** What a delivery as it is stored, with its attempts, has left of facts: the same as its settlements did. */
export function factsOf(
  { status, reason }: { status: string; reason: string | null },
  attempts: readonly Pick<
    Attempt,
    'number' | 'startedAt' | 'durationMs' | 'outcome' | 'failure' | 'statusCode'
  >[],
): string {
  const end = status === 'delivered' ? status : status === 'dead_letter' ? (reason as End) : ''
  const known = attempts.filter(({ outcome }) => outcome === 'succeeded' || outcome === 'failed')
  const facts = known.map((attempt) => JSON.stringify(attemptFact(attempt, '')))
  return [...facts, ...(end === '' ? [] : [endFact(end)])].join(',')
}

function endOf(next: Settlement['next']): End {
  if (next.status === 'delivered') return 'delivered'
  return next.status === 'dead_letter' ? next.reason : ''
}

function attemptFact(
  {
    number,
    startedAt,
    durationMs,
    outcome,
    failure,
    statusCode,
  }: Pick<Attempt, 'number' | 'startedAt' | 'durationMs' | 'outcome' | 'failure' | 'statusCode'>,
  end: End,
): Fact {
  const micros = statusCode === null ? null : Math.round((durationMs ?? 0) * 1000)
  const failed = failure === 'status' ? String(statusCode) : (failure ?? 'unknown')
  const minute = Math.floor(startedAt.getTime() / minuteMs)
  return [end, minute, number === 1 ? 1 : 0, outcome === 'succeeded' ? '' : failed, micros]
}

/** What the facts come to, by the beginning of the minute. Throws for what `factOf` has not written. */
export function countFacts(
  { settledAt, facts }: Pick<SettledFacts, 'settledAt' | 'facts'>,
  byMinute = new Map<number, Counts>(),
): Map<number, Counts> {
  const settledIn = Math.floor(settledAt.getTime() / minuteMs)
  const countsOf = (minute: number): Counts => {
    const known = byMinute.get(minute * minuteMs)
    if (known !== undefined) return known
    const counts = emptyCounts()
    byMinute.set(minute * minuteMs, counts)
    return counts
  }
  for (const [end, minute, isFirst, cause = '', micros = null] of JSON.parse(`[${facts}]`) as Fact[]) {
    if (minute !== undefined) countAttempt(countsOf(minute), isFirst === 1, cause, micros)
    if (end === 'delivered') countsOf(settledIn).delivered++
    else if (end !== '') countOne(countsOf(settledIn).deadLetters, end)
  }
  return byMinute
}

function countAttempt(counts: Counts, isFirst: boolean, cause: string, micros: number | null): void {
  counts.attempts++
  if (isFirst) counts.firstAttempts++
  if (cause !== '') countOne(counts.failures, cause)
  else if (isFirst) counts.firstSucceeded++
  if (micros === null) return
  counts.answeredMicros += micros
  countOne(counts.latencies, String(latencyBucket(micros)))
}
