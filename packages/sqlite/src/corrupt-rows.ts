import type { LeadhooksError } from '@leadhooks/core/storage'

const maxRemembered = 1000

/**
 * Rows that claims cannot read. They are passed over, so that everything else goes on; and each is reported once by each
 * process, by the first claim that has nothing better to answer.
 */
export class CorruptRows {
  readonly #reported = new Set<string>()

  report(found: readonly LeadhooksError[], hasBetter: boolean): void {
    if (hasBetter) return
    const error = found.find(({ message }) => !this.#reported.has(message))
    if (error === undefined || this.#reported.size >= maxRemembered) return
    this.#reported.add(error.message)
    throw error
  }
}
