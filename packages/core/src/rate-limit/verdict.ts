/** What an algorithm says of one call: what would come of it, and the state to keep if the call is let through. */
export interface Verdict<State> {
  allowed: boolean
  /** What may be taken after it. */
  remaining: number
  /** In how many milliseconds more can be taken; for a refused call, as much as it asked for. */
  resetMs: number
  state: State
}
