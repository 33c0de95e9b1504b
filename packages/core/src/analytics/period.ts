import { z } from 'zod'
import { intervalMs, startOfInterval } from '../api-keys/usage-intervals.ts'
import { LeadhooksError } from '../errors.ts'
import { date, eventTypeName, id } from '../input.ts'
import type { UsageInterval } from '../model/api-key-usage.ts'
import type { RollupSpan } from '../storage/storage.ts'

const dayMs = intervalMs.day
const longestDays = 366

/** For how long rollups are kept, in days: twice the time that they are shown for, so that each period has one before it. */
export const keptDays: Record<UsageInterval, number> = { minute: 3, hour: 92, day: 2 * longestDays + 2 }

/** From when on rollups are kept. */
export function keptSince(now: number): Record<UsageInterval, Date> {
  const since = (interval: UsageInterval): Date => new Date(now - keptDays[interval] * dayMs)
  return { minute: since('minute'), hour: since('hour'), day: since('day') }
}

const defaultDays = 7

/** What every question takes. */
export const periodInput = z.strictObject({
  from: date.optional().meta({ description: 'The beginning; 7 days before `to` unless told' }),
  to: date.optional().meta({ description: 'The end; now unless told' }),
})

/** Which deliveries are looked at. */
export const subjectInput = z.strictObject({
  webhookId: id.optional().meta({ description: 'Of this webhook only' }),
  eventType: eventTypeName.optional().meta({ description: 'Of this event type only' }),
})

/** A time from a beginning to before an end. */
export interface Period {
  from: Date
  to: Date
}

/** A period and, as long, the one right before it. */
export interface Periods extends Period {
  previous: Period
}

/**
 * The period that is asked for. It begins and ends with whole minutes; further back with whole hours, or days: as far as there are
 * rollups of that length for the period before it, too.
 */
export function readPeriod(input: z.output<typeof periodInput>, now: number): Periods {
  const to = input.to?.getTime() ?? now
  const from = input.from?.getTime() ?? to - defaultDays * dayMs
  checkRange(from, to)
  const interval = finestOf(from - (to - from), now)
  const end = ceilTo(interval, to)
  const begin =
    input.from === undefined ? end - defaultDays * dayMs : startOfInterval(interval, from).getTime()
  return periodsOf(begin, end)
}

export function periodsOf(from: number, to: number): Periods {
  const previous = { from: new Date(from - (to - from)), to: new Date(from) }
  return { from: new Date(from), to: new Date(to), previous }
}

/** Throws `invalid_request` for a range that ends before it begins, or is longer than a year. */
export function checkRange(from: number, to: number): void {
  if (from >= to) refuse('/from', 'Must lie before `to`')
  if (to - from > longestDays * dayMs) refuse('/from', `The range has more than ${longestDays} days`)
}

export function refuse(pointer: string, message: string): never {
  throw new LeadhooksError('invalid_request', `${pointer}: ${message}`, { issues: [{ pointer, message }] })
}

/** The shortest interval of which there are rollups from then on. */
function finestOf(earliest: number, now: number): UsageInterval {
  const ageDays = (now - earliest) / dayMs
  // A day less than they are kept for: what is rounded to a beginning is to be there as well.
  if (ageDays <= keptDays.minute - 1) return 'minute'
  return ageDays <= keptDays.hour - 1 ? 'hour' : 'day'
}

export function ceilTo(interval: UsageInterval, time: number): number {
  const start = startOfInterval(interval, time).getTime()
  return start === time ? time : start + intervalMs[interval]
}

const shorter: Record<UsageInterval, UsageInterval | null> = { day: 'hour', hour: 'minute', minute: null }

/** A period in as few intervals as there can be: whole days, and hours and minutes before and behind them. */
export function spansOf(from: number, to: number, interval: UsageInterval = 'day'): RollupSpan[] {
  if (from >= to) return []
  const next = shorter[interval]
  if (next === null) return [{ interval, from: new Date(from), to: new Date(to) }]
  const begin = ceilTo(interval, from)
  const end = startOfInterval(interval, to).getTime()
  if (begin >= end) return spansOf(from, to, next)
  const whole = { interval, from: new Date(begin), to: new Date(end) }
  return [...spansOf(from, begin, next), whole, ...spansOf(end, to, next)]
}
