import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../clock.ts'

interface Timer {
  at: number
  callback: () => void
}

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves the time forward, calling back every timer on the way in order, each at its own time. */
  advance(ms: number): Promise<void>
}

/** Makes a clock that starts at `start` (default 2026-01-01T00:00:00Z) and moves only by `advance`. */
export function fakeClock(start: Date = new Date('2026-01-01T00:00:00Z')): FakeClock {
  let now = start.getTime()
  const timers = new Set<Timer>()

  function nextTimer(until: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer
    }
    return next
  }

  return {
    now: () => now,
    schedule(callback, ms) {
      const timer = { at: now + Math.max(0, ms), callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async advance(ms) {
      const until = now + ms
      // What was started before must have had its turn, as it would have in the time that passes.
      await setImmediate()
      for (let timer = nextTimer(until); timer !== undefined; timer = nextTimer(until)) {
        timers.delete(timer)
        now = timer.at
        timer.callback()
        await setImmediate()
      }
      now = until
    },
  }
}
