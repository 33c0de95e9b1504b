'use client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'

const units: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** `3 minutes ago`. */
export function relativeTime(at: string, locale: string | undefined, now: number = Date.now()): string {
  const seconds = Math.round((Date.parse(at) - now) / 1000)
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const fitting = units.find(([, length]) => Math.abs(seconds) >= length)
  return fitting === undefined
    ? format.format(seconds, 'second')
    : format.format(Math.trunc(seconds / fitting[1]), fitting[0])
}

/** How long ago, or how long to wait; the exact time is its title. `otherwise` stands where there is none. */
export function Moment({ at, otherwise = '' }: { at: string | null; otherwise?: string }): ReactNode {
  const { locale } = useLeadhooks()
  if (at === null) return otherwise
  return (
    <time dateTime={at} title={exactTime(at, locale)}>
      {relativeTime(at, locale)}
    </time>
  )
}

/** With the zone, so that it can be compared. */
export function exactTime(at: string, locale: string | undefined): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' }).format(new Date(at))
}
