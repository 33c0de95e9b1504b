import { expect, test } from 'vitest'
import { readPeriod, spansOf } from './period.ts'

const at = (text: string): number => Date.parse(`2026-${text}Z`)
const now = at('03-10T12:34:56')
const dayMs = 86_400_000

function shown(from: number, to: number): string[] {
  return spansOf(from, to).map(
    ({ interval, from: begin, to: end }) =>
      `${interval} ${begin.toISOString().slice(5, 16)} ${end.toISOString().slice(5, 16)}`,
  )
}

test('a period is covered once, by as few intervals as can be', () => {
  expect(shown(at('01-01T22:58:00'), at('01-04T01:02:00'))).toEqual([
    'minute 01-01T22:58 01-01T23:00',
    'hour 01-01T23:00 01-02T00:00',
    'day 01-02T00:00 01-04T00:00',
    'hour 01-04T00:00 01-04T01:00',
    'minute 01-04T01:00 01-04T01:02',
  ])
  expect(shown(at('01-01T00:00:00'), at('01-02T00:00:00'))).toEqual(['day 01-01T00:00 01-02T00:00'])
  expect(shown(at('01-01T10:10:00'), at('01-01T10:20:00'))).toEqual(['minute 01-01T10:10 01-01T10:20'])
  expect(shown(at('01-01T10:50:00'), at('01-01T11:10:00'))).toEqual(['minute 01-01T10:50 01-01T11:10'])
  expect(shown(at('01-01T10:10:00'), at('01-01T10:10:00'))).toEqual([])
})

test('unless told a period is the last week, and the week before beside it', () => {
  const { from, to, previous } = readPeriod({}, now)
  expect(to).toEqual(new Date(at('03-10T13:00:00')))
  expect(to.getTime() - from.getTime()).toBe(7 * dayMs)
  expect([previous.from.getTime(), previous.to]).toEqual([from.getTime() - 7 * dayMs, from])
})

test.each([
  ['a few hours ago', '03-10T08:15:30', '03-10T10:15:30', '03-10T08:15', '03-10T10:16'],
  ['the last day', '03-09T12:34:56', '03-10T12:34:56', '03-09T12:34', '03-10T12:35'],
  ['more than a day', '03-08T12:34:56', '03-10T12:34:56', '03-08T12:00', '03-10T13:00'],
  ['last month', '02-01T10:20:00', '02-28T10:20:00', '02-01T10:00', '02-28T11:00'],
  ['longer ago than hours are kept for', '01-01T10:20:00', '02-28T10:20:00', '01-01T00:00', '03-01T00:00'],
])(
  'as far back as %s it begins and ends with whole intervals that are kept',
  (_what, from, to, begin, end) => {
    const period = readPeriod({ from: new Date(at(from)), to: new Date(at(to)) }, now)
    const short = (date: Date): string => date.toISOString().slice(5, 16)
    expect([short(period.from), short(period.to)]).toEqual([begin, end])
    expect(period.previous.to).toEqual(period.from)
    expect(period.previous.to.getTime() - period.previous.from.getTime()).toBe(
      period.to.getTime() - period.from.getTime(),
    )
  },
)
