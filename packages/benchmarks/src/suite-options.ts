export interface SuiteOptions {
  rounds: number
  /** A tenth of the work, to see that everything runs. */
  quick: boolean
  /** The scenarios to run, by their names; all of them by default. */
  only?: readonly string[] | undefined
  /** How long the scenario of the old snapshot holds it open. */
  snapshotMinutes: number
}
