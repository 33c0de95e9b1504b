import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rows } from './rows.ts'
import type { WorkerConfig } from './worker-config.ts'
import { WorkerHandle, type WorkerStart } from './worker-handle.ts'

/** Worker processes over one database. */
export class Fleet {
  readonly #config: Omit<WorkerConfig, 'claimsFile'>
  readonly #directory: string
  readonly #rows: Rows
  /** All that were ever started. */
  readonly #all: WorkerHandle[] = []

  constructor(config: Omit<WorkerConfig, 'claimsFile'>, directory: string, rows: Rows) {
    this.#config = config
    this.#directory = directory
    this.#rows = rows
  }

  get running(): WorkerHandle[] {
    return this.#all.filter((worker) => worker.isRunning)
  }

  /** Whether any of them has started. */
  get isWorking(): boolean {
    return this.#all.some((worker) => worker.isWorking)
  }

  /** Starts one more, and waits until it works. */
  async start(config: Partial<WorkerConfig> = {}, start: WorkerStart = {}): Promise<WorkerHandle> {
    const claimsFile = join(this.#directory, `claims-${this.#all.length}`)
    writeFileSync(claimsFile, '')
    const worker = new WorkerHandle({ ...this.#config, ...config, claimsFile }, start)
    this.#all.push(worker)
    return worker.started()
  }

  async startMany(count: number, config: Partial<WorkerConfig> = {}): Promise<WorkerHandle[]> {
    return Promise.all(Array.from({ length: count }, async () => this.start(config)))
  }

  random(): WorkerHandle {
    const working = this.#all.filter((worker) => worker.isWorking)
    const worker = working[Math.floor(Math.random() * working.length)]
    if (worker === undefined) throw new Error('No worker is running')
    return worker
  }

  /** How many deliveries a worker holds, by the database. */
  async exposedOf(worker: WorkerHandle): Promise<number> {
    const claimed = worker.claimed()
    return (await this.#rows.leases()).filter((lease) => claimed.has(lease)).length
  }

  /** kill -9. Answers how many deliveries it held: so many may be sent once more. */
  async kill(worker: WorkerHandle): Promise<number> {
    await worker.kill()
    return this.exposedOf(worker)
  }

  /** SIGTERM to all. Answers how many of them ended otherwise than in good order. */
  async stop(): Promise<number> {
    const exits = await Promise.all(
      this.running.map(async (worker) => {
        worker.signal('SIGTERM')
        return worker.exited
      }),
    )
    return exits.filter(({ code }) => code !== 0).length
  }

  /** Those that ended by themselves, and what they said: none, unless the scenario is about that. */
  async crashes(): Promise<string[]> {
    const ended = this.#all.filter((worker) => !worker.isRunning)
    const exits = await Promise.all(ended.map(async (worker) => ({ worker, exit: await worker.exited })))
    return exits
      .filter(({ exit: { code, signal } }) => code !== 0 && signal === null)
      .map(({ worker, exit }) => `exit code ${String(exit.code)}: ${worker.said.slice(-2000)}`)
  }

  async killAll(): Promise<void> {
    // One that is paused takes a SIGKILL all the same.
    await Promise.all(this.running.map(async (worker) => worker.kill()))
  }
}
