import { z } from 'zod'
import { intervalMs, startOfInterval } from '../api-keys/usage-intervals.ts'
import type { Context } from '../context.ts'
import { organizationId, parseInput } from '../input.ts'
import { type UsageInterval, usageIntervals } from '../model/api-key-usage.ts'
import type { Counts } from '../model/rollup.ts'
import { addCounts, emptyCounts } from '../rollups/counts.ts'
import { type Figures, figuresOf } from './figures.ts'
import { ceilTo, checkRange, keptDays, type Period, periodsOf, refuse } from './period.ts'
import { questionOf } from './read-counts.ts'
import { analyticsQuery } from './summary.ts'

export interface AnalyticsPoint extends Figures {
  startsAt: Date
}

export interface AnalyticsTimeSeries extends Period {
  interval: UsageInterval
  /** Every interval from `from` to before `to`, also those without any delivery. */
  points: AnalyticsPoint[]
  /** As many points of the period before; null where that lies too far back for this interval. */
  previous: (Period & { points: AnalyticsPoint[] }) | null
}

const mostPoints = 1500
const hourMs = intervalMs.hour
const defaultMs = 7 * intervalMs.day

export const timeSeriesQuery = analyticsQuery.extend({
  interval: z.enum(usageIntervals).optional().meta({
    description: 'Unless told: a minute for up to 3 hours, an hour for up to 7 days, and a day for more',
  }),
})
const timeSeriesInput = timeSeriesQuery.extend({ organizationId })
export type TimeSeriesInput = z.input<typeof timeSeriesInput>

/**
 * The same figures by minute, hour or day. Throws `invalid_request` for a range that ends before it begins, has more than 366 days or
 * 1500 intervals, or lies further back than there are figures for its interval.
 */
export async function readTimeSeries(ctx: Context, input: TimeSeriesInput): Promise<AnalyticsTimeSeries> {
  const { organizationId, webhookId, eventType, ...wanted } = parseInput(timeSeriesInput, input)
  const now = ctx.clock.now()
  const to = wanted.to?.getTime() ?? now
  const from = wanted.from?.getTime() ?? to - defaultMs
  checkRange(from, to)
  const interval = wanted.interval ?? intervalFor(from, to, now)
  const period = periodsOf(startOfInterval(interval, from).getTime(), ceilTo(interval, to))
  checkPoints(period, interval, now)
  const hasPrevious = isKept(period.previous.from, interval, now)
  const begin = hasPrevious ? period.previous.from : period.from
  const question = questionOf({ organizationId, webhookId, eventType })
  const rollups = await ctx.storage.readRollups({
    ...question,
    spans: [{ interval, from: begin, to: period.to }],
  })
  const sums = new Map<number, Counts>()
  for (const { startsAt, counts } of rollups) {
    const at = startsAt.getTime()
    sums.set(at, addCounts(sums.get(at) ?? emptyCounts(), counts))
  }
  const { previous } = period
  return {
    interval,
    from: period.from,
    to: period.to,
    points: pointsOf(period, interval, sums),
    previous: hasPrevious ? { ...previous, points: pointsOf(previous, interval, sums) } : null,
  }
}

function intervalFor(from: number, to: number, now: number): UsageInterval {
  const ms = to - from
  if (ms <= 3 * hourMs && isKept(new Date(from), 'minute', now)) return 'minute'
  return ms <= defaultMs && isKept(new Date(from), 'hour', now) ? 'hour' : 'day'
}

function isKept(from: Date, interval: UsageInterval, now: number): boolean {
  return from.getTime() >= startOfInterval(interval, now).getTime() - keptDays[interval] * intervalMs.day
}

function checkPoints({ from, to }: Period, interval: UsageInterval, now: number): void {
  if (to.getTime() - from.getTime() > mostPoints * intervalMs[interval])
    refuse('/from', `The range has more than ${mostPoints} intervals: take a longer interval`)
  if (!isKept(from, interval, now))
    refuse('/from', `Figures by ${interval} are kept for ${keptDays[interval]} days: take a longer interval`)
}

function pointsOf(
  { from, to }: Period,
  interval: UsageInterval,
  sums: ReadonlyMap<number, Counts>,
): AnalyticsPoint[] {
  const points: AnalyticsPoint[] = []
  for (let at = from.getTime(); at < to.getTime(); at += intervalMs[interval])
    points.push({ startsAt: new Date(at), ...figuresOf(sums.get(at) ?? emptyCounts()) })
  return points
}
