/** Where Leadhooks takes the time from. Hosts leave it alone; tests pass `fakeClock()` and move it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once, `ms` milliseconds from now. The function it returns cancels that. */
  schedule(callback: () => void, ms: number): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  schedule(callback, ms) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
