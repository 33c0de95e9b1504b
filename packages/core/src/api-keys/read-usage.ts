import { z } from 'zod'
import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import { date, parseInput, scoped } from '../input.ts'
import {
  type ApiKeyOutcome,
  apiKeyOutcomes,
  type UsageInterval,
  usageIntervals,
} from '../model/api-key-usage.ts'
import { getApiKey } from './list-api-keys.ts'
import { intervalMs, startOfInterval } from './usage-intervals.ts'

/** How often a key was used in one interval. */
export interface ApiKeyUsagePoint {
  startsAt: Date
  total: number
  byOutcome: Record<ApiKeyOutcome, number>
  /** By the host's names of routes; uses without one are under ''. */
  byRoute: Record<string, number>
}

export interface ApiKeyUsage {
  interval: UsageInterval
  from: Date
  to: Date
  total: number
  /** Every interval from `from` to before `to`, also those without any use. */
  points: ApiKeyUsagePoint[]
}

const mostPoints = 1500
const defaultPoints = 24

export const usageRange = z.strictObject({
  interval: z.enum(usageIntervals).default('hour'),
  from: date.optional().meta({ description: 'The beginning; 24 intervals before `to` unless told' }),
  to: date.optional().meta({ description: 'The end; now unless told' }),
})

const usageInput = usageRange.extend(scoped.shape)
export type ApiKeyUsageInput = z.input<typeof usageInput>

/** How often a key was used, by outcome and route. Uses of the last seconds may be missing: they are written in batches. */
export async function readApiKeyUsage(ctx: Context, input: ApiKeyUsageInput): Promise<ApiKeyUsage> {
  const { organizationId, id, interval, ...range } = parseInput(usageInput, input)
  await getApiKey(ctx, { organizationId, id })
  const ms = intervalMs[interval]
  const to = range.to ?? new Date(ctx.clock.now())
  const from = startOfInterval(interval, range.from?.getTime() ?? to.getTime() - (defaultPoints - 1) * ms)
  checkRange(from, to, ms)
  const rows = await ctx.storage.readApiKeyUsage({ organizationId, id, interval, from, to })

  const points = new Map<number, ApiKeyUsagePoint>()
  for (let at = from.getTime(); at < to.getTime(); at += ms) points.set(at, emptyPoint(at))
  for (const { startsAt, outcome, route, count } of rows) {
    const point = points.get(startsAt.getTime())
    if (point === undefined) continue
    point.total += count
    point.byOutcome[outcome] += count
    point.byRoute[route] = (point.byRoute[route] ?? 0) + count
  }
  const total = rows.reduce((sum, { count }) => sum + count, 0)
  return { interval, from, to, total, points: [...points.values()] }
}

function checkRange(from: Date, to: Date, ms: number): void {
  const refuse = (pointer: string, message: string): never => {
    throw new LeadhooksError('invalid_request', `${pointer}: ${message}`, { issues: [{ pointer, message }] })
  }
  if (from >= to) refuse('/from', 'Must lie before `to`')
  if (to.getTime() - from.getTime() > mostPoints * ms)
    refuse('/from', `The range has more than ${mostPoints} intervals: take a longer interval`)
}

function emptyPoint(at: number): ApiKeyUsagePoint {
  const byOutcome = Object.fromEntries(apiKeyOutcomes.map((outcome) => [outcome, 0])) as Record<
    ApiKeyOutcome,
    number
  >
  return { startsAt: new Date(at), total: 0, byOutcome, byRoute: {} }
}
