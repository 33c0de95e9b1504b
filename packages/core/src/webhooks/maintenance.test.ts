import { describe, expect, test } from 'vitest'
import type { MaintenanceWindow } from '../model/webhook.ts'
import { isTimeZone, maintenanceUntil } from './maintenance.ts'

const at = (text: string): number => Date.parse(text)
const until = (windows: MaintenanceWindow[], now: string): string | null => {
  const end = maintenanceUntil(windows, at(now))
  return end === null ? null : new Date(end).toISOString()
}

describe('a window that is once', () => {
  const windows = [{ startsAt: '2026-01-01T12:00:00+01:00', endsAt: '2026-01-01T13:00:00+01:00' }]

  test('holds from its start on, and not at its end any more', () => {
    expect(until(windows, '2026-01-01T10:59:59.999Z')).toBeNull()
    expect(until(windows, '2026-01-01T11:00:00Z')).toBe('2026-01-01T12:00:00.000Z')
    expect(until(windows, '2026-01-01T11:59:59.999Z')).toBe('2026-01-01T12:00:00.000Z')
    expect(until(windows, '2026-01-01T12:00:00Z')).toBeNull()
  })
})

describe('a window that comes each week', () => {
  // 2026-01-04 is a Sunday, and Berlin an hour ahead of UTC.
  const nights: MaintenanceWindow[] = [
    { weekdays: ['sat', 'sun'], startsAt: '23:30', minutes: 90, timeZone: 'Europe/Berlin' },
  ]

  test('goes by the clocks of its time zone, and over midnight and the end of the week', () => {
    expect(until(nights, '2026-01-04T22:29:59Z')).toBeNull()
    expect(until(nights, '2026-01-04T22:30:00Z')).toBe('2026-01-05T00:00:00.000Z')
    expect(until(nights, '2026-01-04T23:59:59.500Z')).toBe('2026-01-05T00:00:00.000Z')
    expect(until(nights, '2026-01-05T00:00:00Z')).toBeNull()
    expect(until(nights, '2026-01-05T22:45:00Z')).toBeNull()
  })

  test('moves with daylight saving time', () => {
    expect(until(nights, '2026-07-05T21:30:00Z')).toBe('2026-07-05T23:00:00.000Z')
    expect(until(nights, '2026-07-05T23:00:00Z')).toBeNull()
  })

  test('is looked at again soon where the clocks are changed before its end', () => {
    const sundays: MaintenanceWindow[] = [
      { weekdays: ['sun'], startsAt: '01:00', minutes: 90, timeZone: 'Europe/Berlin' },
    ]
    // At 01:00 UTC on these days the clocks of Berlin go from 02:00 to 03:00, and from 03:00 to 02:00.
    expect(until(sundays, '2026-03-29T00:30:00Z')).toBe('2026-03-29T00:45:00.000Z')
    expect(until(sundays, '2026-03-29T00:55:00Z')).toBe('2026-03-29T01:10:00.000Z')
    expect(until(sundays, '2026-03-29T01:00:00Z')).toBeNull()
    expect(until(sundays, '2026-10-25T00:15:00Z')).toBe('2026-10-25T00:30:00.000Z')
    expect(until(sundays, '2026-10-25T00:30:00Z')).toBeNull()
  })

  test('may be the whole week', () => {
    const always: MaintenanceWindow = {
      weekdays: ['wed'],
      startsAt: '00:00',
      minutes: 10_080,
      timeZone: 'UTC',
    }
    expect(until([always], '2026-01-06T23:59:00Z')).toBe('2026-01-07T00:00:00.000Z')
    expect(until([always], '2026-01-07T00:00:00Z')).toBe('2026-01-14T00:00:00.000Z')
  })
})

test('of several windows the one that ends last counts', () => {
  const windows: MaintenanceWindow[] = [
    { startsAt: '2026-01-04T00:00:00Z', endsAt: '2026-01-04T03:00:00Z' },
    { weekdays: ['sun'], startsAt: '01:00', minutes: 240, timeZone: 'UTC' },
  ]
  expect(until(windows, '2026-01-04T02:00:00Z')).toBe('2026-01-04T05:00:00.000Z')
  expect(until([], '2026-01-04T02:00:00Z')).toBeNull()
})

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['', false],
])('the time zone %j is known: %j', (name, isKnown) => expect(isTimeZone(name)).toBe(isKnown))
