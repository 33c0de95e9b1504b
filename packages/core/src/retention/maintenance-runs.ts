import type { Context } from '../context.ts'
import { type MaintenanceOptions, type MaintenanceReport, runMaintenance } from './run-maintenance.ts'

/** The runs that were started by hand: the end of the process ends them, too. */
export class MaintenanceRuns {
  readonly #ctx: Context
  readonly #abort = new AbortController()
  readonly #running = new Set<Promise<unknown>>()

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  async run(options: MaintenanceOptions = {}): Promise<MaintenanceReport> {
    const running = runMaintenance(this.#ctx, options, this.#abort.signal)
    const ended = running.catch(() => {})
    this.#running.add(ended)
    void ended.then(() => this.#running.delete(ended))
    return running
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.all(this.#running)
  }
}
