import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { WorkerConfig, WorkerReport } from './worker-config.ts'
import { compileCache } from './compile-cache.ts'

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface WorkerStart {
  /** By how much its clock is wrong at the start. */
  skewMs?: number | undefined
}

/** A worker process as a test sees it. */
export class WorkerHandle {
  readonly config: WorkerConfig
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess
  readonly #started: Promise<unknown>
  #isWorking = false
  #asked = 0
  #said = ''

  constructor(config: WorkerConfig, { skewMs }: WorkerStart = {}) {
    this.config = config
    const skewedClock = new URL('skewed-clock.ts', import.meta.url).href
    this.#child = fork(new URL('worker-process.ts', import.meta.url), [JSON.stringify(config)], {
      execArgv: [
        '--conditions=@leadhooks/source',
        ...(skewMs === undefined ? [] : ['--import', skewedClock]),
      ],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache, CLOCK_SKEW_MS: String(skewMs ?? 0) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
    this.exited = once(this.#child, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }))
    this.#started = once(this.#child, 'message')
  }

  /** Waits until it works. */
  async started(): Promise<this> {
    const exit = await Promise.race([this.#started.then(() => undefined), this.exited])
    if (exit !== undefined)
      throw new Error(`A worker ended with ${String(exit.code)} at its start: ${this.#said}`)
    this.#isWorking = true
    return this
  }

  /** It has started, and has not ended. */
  get isWorking(): boolean {
    return this.#isWorking && this.isRunning
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What it wrote to stderr. */
  get said(): string {
    return this.#said
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async kill(): Promise<Exit> {
    this.signal('SIGKILL')
    return this.exited
  }

  /** Sets its clock wrong by so much, from now on. */
  skew(skewMs: number): void {
    this.#child.send({ skewMs })
  }

  async report({ withClock = false } = {}): Promise<WorkerReport> {
    const ask = ++this.#asked
    const answer = new Promise<WorkerReport>((resolve) => {
      const listen = (message: { ask?: number; answer?: WorkerReport }): void => {
        if (message.ask !== ask || message.answer === undefined) return
        this.#child.off('message', listen)
        resolve(message.answer)
      }
      this.#child.on('message', listen)
    })
    this.#child.send({ ask, withClock })
    const gone = this.exited.then(() => {
      throw new Error(`A worker that was asked for its report has ended: ${this.#said}`)
    })
    return Promise.race([answer, gone])
  }

  /** The fencing tokens of all that it has ever claimed. */
  claimed(): Set<string> {
    return new Set(readFileSync(this.config.claimsFile, 'utf8').split('\n'))
  }
}
