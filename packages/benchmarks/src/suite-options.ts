export interface SuiteOptions {
  rounds: number
  /** A tenth of the work, to see that everything runs. */
  quick: boolean
}
