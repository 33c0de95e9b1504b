import { type MaintenanceWindow, type Weekday, weekdays } from '../model/webhook.ts'

const minuteMs = 60_000
const dayMinutes = 24 * 60
const quarterMinutes = 15
const weekMinutes = 7 * dayMinutes

/** Making one takes longer than using it a hundred times; there are some 450 zones. */
const mostClocks = 500
const clocks = new Map<string, Intl.DateTimeFormat>()

/** When the maintenance that is going on will be over; null when there is none. */
export function maintenanceUntil(windows: readonly MaintenanceWindow[], now: number): number | null {
  let until: number | null = null
  for (const window of windows) {
    const end = endOf(window, now)
    if (end !== null && end > (until ?? now)) until = end
  }
  return until
}

export function isTimeZone(name: string): boolean {
  try {
    // Names that somebody tries are not kept.
    createClock(name)
    return true
  } catch {
    return false
  }
}

function endOf(window: MaintenanceWindow, now: number): number | null {
  if (!('weekdays' in window)) {
    const end = Date.parse(window.endsAt)
    return Date.parse(window.startsAt) <= now && now < end ? end : null
  }
  const { minuteOfWeek, ms } = localTime(window.timeZone, now)
  const left = window.weekdays.map((day) => {
    const startsAt = weekdays.indexOf(day) * dayMinutes + minuteOfDay(window.startsAt)
    return window.minutes - ((minuteOfWeek - startsAt + weekMinutes) % weekMinutes)
  })
  const minutes = Math.max(0, ...left)
  if (minutes === 0) return null
  const end = now - ms + minutes * minuteMs
  const isAsExpected = localTime(window.timeZone, end).minuteOfWeek === (minuteOfWeek + minutes) % weekMinutes
  // Clocks are changed before then: it is looked at again every quarter of an hour.
  return isAsExpected ? end : now - ms + Math.min(minutes, quarterMinutes) * minuteMs
}

/** The minutes since Monday began that the clocks of a time zone show, and how far they are into the minute. */
function localTime(timeZone: string, now: number): { minuteOfWeek: number; ms: number } {
  const parts = clockOf(timeZone).formatToParts(now)
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((found) => found.type === type)?.value ?? ''
  const day = weekdays.indexOf(part('weekday').toLowerCase() as Weekday)
  return {
    minuteOfWeek: day * dayMinutes + Number(part('hour')) * 60 + Number(part('minute')),
    ms: now % minuteMs,
  }
}

function minuteOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known !== undefined) return known
  const clock = createClock(timeZone)
  if (clocks.size >= mostClocks) clocks.clear()
  clocks.set(timeZone, clock)
  return clock
}

function createClock(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
}
