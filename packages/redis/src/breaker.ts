/** So many failures in a row, and Redis is not asked for a while. */
const mostFailures = 5
const restMs = 1000

/** Spares calls the wait for a Redis that is gone: while it rests one call in a second tries, and the others decide without it. */
export class Breaker {
  #failures = 0
  #restsUntil = 0

  /** Whether to ask now. */
  mayAsk(): boolean {
    if (this.#failures < mostFailures) return true
    const now = performance.now()
    if (now < this.#restsUntil) return false
    // This call is the one that tries.
    this.#restsUntil = now + restMs
    return true
  }

  succeeded(): void {
    this.#failures = 0
  }

  failed(): void {
    this.#failures++
    this.#restsUntil = performance.now() + restMs
  }
}
