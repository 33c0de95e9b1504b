import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SystemUser } from './system-user.ts'

export interface ServiceProcessOptions {
  name: string
  command: string
  args: string[]
  /** The working directory, and where the log goes. */
  folder: string
  user?: SystemUser | undefined
  /** Resolves once the server answers, rejects as long as it does not. */
  probe(): Promise<unknown>
}

const startTimeoutMs = 60_000

/** A server as a child in the foreground, which can be stopped and started again. */
export class ServiceProcess {
  readonly #options: ServiceProcessOptions
  readonly #logFile: string
  #child: ChildProcess | undefined

  constructor(options: ServiceProcessOptions) {
    this.#options = options
    this.#logFile = join(options.folder, 'log')
  }

  pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined || !isRunning(this.#child)) {
      throw new Error(`${this.#options.name} is not running: call start() first.`)
    }
    return pid
  }

  async start(): Promise<void> {
    if (isRunning(this.#child)) throw new Error(`${this.#options.name} is running already.`)
    const { command, args, folder, user } = this.#options
    // A file, not a pipe: a pipe would have to be read, and would keep this process alive.
    const log = openSync(this.#logFile, 'a')
    // Detached, so that Ctrl-C in a terminal reaches the tests first and not their server.
    const child = spawn(command, args, {
      ...user,
      cwd: folder,
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    await once(child, 'spawn')
    child.unref()
    this.#child = child
    await this.#ready(child)
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || !isRunning(child)) return
    child.ref()
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }

  async #ready(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + startTimeoutMs
    for (;;) {
      const [probed] = await Promise.allSettled([this.#options.probe()])
      if (!isRunning(child)) throw this.#startError(`ended with ${child.exitCode ?? child.signalCode}`)
      if (probed.status === 'fulfilled') return
      if (Date.now() > deadline) {
        await this.stop('SIGKILL')
        throw this.#startError(`did not answer within ${startTimeoutMs / 1000} s`, probed.reason)
      }
      await sleep(20)
    }
  }

  #startError(what: string, cause?: unknown): Error {
    const { name, command, args } = this.#options
    const log = readFileSync(this.#logFile).subarray(-4096).toString()
    return new Error(`${name} ${what}: ${[command, ...args].join(' ')}\n${log}`, { cause })
  }
}

function isRunning(child: ChildProcess | undefined): boolean {
  return child !== undefined && child.exitCode === null && child.signalCode === null
}
