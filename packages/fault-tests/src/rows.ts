/** What the scenarios ask of the tables themselves, since no public method tells it. One file per storage answers it. */
export interface Rows {
  /** From now on it is noted when a finished delivery is changed. */
  watchFinished(): Promise<void>
  /** How many rows break what must always hold, by what they break. `{}` when all is well. */
  violations(): Promise<Record<string, number>>
  byStatus(): Promise<Record<string, number>>
  unfinished(): Promise<number>
  /** The fencing tokens of the leases that are written down, lapsed ones among them. */
  leases(): Promise<string[]>
  /** For how long the lease has lapsed that lapsed first and was not taken over yet. */
  mostOverdueMs(): Promise<number>
  /** The rows of attempts of each event. */
  attemptsByEvent(): Promise<Map<string, number>>
  /** By outcome, and where there is one, failure: `succeeded`, `failed timeout`. */
  attemptsByOutcome(): Promise<Record<string, number>>
  /** The ids of all events. */
  eventIds(): Promise<string[]>
  /** Runs a statement of the host's own. */
  run(text: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

export function nonZero(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
}
