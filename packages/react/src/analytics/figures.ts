import type { AnalyticsTimeSeries } from '@leadhooks/client'

/** `250 ms`, or `1.2 s`. */
export function formatMs(ms: number, locale: string | undefined): string {
  const isLong = ms >= 1000
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: isLong ? 1 : 0 })
  return isLong ? `${number.format(ms / 1000)} s` : `${number.format(ms)} ms`
}

/** Of so many percent: `98.5%`, as the language writes it. */
export function formatPercent(percent: number, locale: string | undefined): string {
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  return format.format(percent / 100)
}

/** By how much a number has changed: `+12%`; undefined where there was nothing before. */
export function formatChange(now: number, before: number, locale: string | undefined): string | undefined {
  if (before === 0) return undefined
  const format = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  })
  return format.format((now - before) / before)
}

/** How times of a series are written. */
export function timeFormatOf({ interval }: AnalyticsTimeSeries): Intl.DateTimeFormatOptions {
  const day: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' }
  return interval === 'day' ? { ...day, timeZone: 'UTC' } : { ...day, hour: '2-digit', minute: '2-digit' }
}
