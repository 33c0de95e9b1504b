import type { Context } from '../context.ts'
import { parseInput } from '../input.ts'
import { type AttemptFailure, failureSentences } from '../model/attempt-failures.ts'
import { organizationId } from '../input.ts'
import { sumOf } from '../rollups/counts.ts'
import { percent } from './figures.ts'
import { type Period, readPeriod } from './period.ts'
import { questionOf, readCounts } from './read-counts.ts'
import { analyticsQuery, type AnalyticsInput } from './summary.ts'

/** Attempts that failed of the same. */
export interface FailureCause {
  failure: AttemptFailure
  /** What was answered, where `failure` is `status`. */
  statusCode: number | null
  /** What has happened and what to do about it, for people. */
  message: string
  attempts: number
  /** Of all that failed, in percent. */
  share: number
  /** In the period before. */
  previousAttempts: number
}

/** Deliveries that were given up for the same reason. */
export interface DeadLetterCause {
  reason: string
  deliveries: number
  share: number
  previousDeliveries: number
}

export interface AnalyticsErrors extends Period {
  /** How many attempts failed. */
  failed: number
  failures: FailureCause[]
  deadLettered: number
  deadLetters: DeadLetterCause[]
}

const errorsInput = analyticsQuery.extend({ organizationId })

/** Why attempts failed and deliveries were given up, the most frequent cause first. Nothing failed: empty lists. */
export async function readErrors(ctx: Context, input: AnalyticsInput): Promise<AnalyticsErrors> {
  const { organizationId, webhookId, eventType, ...range } = parseInput(errorsInput, input)
  const period = readPeriod(range, ctx.clock.now())
  const counts = await readCounts(ctx, period, questionOf({ organizationId, webhookId, eventType }))
  const { current, previous } = counts
  const failures = ranked(current.failures, previous.failures).map(({ key, count, share, before }) => {
    const statusCode = /^\d+$/.test(key) ? Number(key) : null
    const failure: AttemptFailure = statusCode === null ? (key as AttemptFailure) : 'status'
    const message = failureSentences[failure]
    return { failure, statusCode, message, attempts: count, share, previousAttempts: before }
  })
  const deadLetters = ranked(current.deadLetters, previous.deadLetters).map(
    ({ key, count, share, before }) => ({
      reason: key,
      deliveries: count,
      share,
      previousDeliveries: before,
    }),
  )
  const { from, to } = period
  const [failed, deadLettered] = [sumOf(current.failures), sumOf(current.deadLetters)]
  return { from, to, failed, failures, deadLettered, deadLetters }
}

interface Ranked {
  key: string
  count: number
  share: number
  before: number
}

/** All that there is in either, the most frequent first. */
function ranked(current: Record<string, number>, previous: Record<string, number>): Ranked[] {
  const total = sumOf(current)
  const keys = new Set([...Object.keys(current), ...Object.keys(previous)])
  const all = [...keys].map((key): Ranked => {
    const count = current[key] ?? 0
    return { key, count, share: percent(count, total), before: previous[key] ?? 0 }
  })
  return all.sort((a, b) => b.count - a.count || b.before - a.before || (a.key < b.key ? -1 : 1))
}
