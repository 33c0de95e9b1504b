import { type ChildProcess, fork } from 'node:child_process'
import type { Place } from './contenders/contender.ts'
import type { ContenderName } from './contenders/contenders.ts'

export type WorkerCommand =
  | { kind: 'start'; contender: ContenderName; place: Place; concurrency: number }
  | { kind: 'stop' | 'measure' }

export interface WorkerReport {
  kind: WorkerCommand['kind'] | 'progress'
  /** How many deliveries it has recorded since it was started. */
  recorded: number
  /** What the process has sent to Postgres and used up since its beginning. */
  statements: number
  cpuMs: number
  residentBytes: number
  liveBytes: number
}

/** A process for a worker: it can be started and stopped in it many times, so that it can be warm before it is measured. */
export interface WorkerProcess {
  start(contender: ContenderName, place: Place, concurrency: number): Promise<WorkerReport>
  stop(): Promise<WorkerReport>
  measure(): Promise<WorkerReport>
  /** How many deliveries it has told of so far; it tells every 5 ms. */
  recorded(): number
  untilRecorded(count: number): Promise<WorkerReport>
  end(): void
}

/** Longer than any scenario takes: a contender that is stuck must not hold up the rest for ever. */
const longestWaitMs = 240_000

export function forkWorker(): WorkerProcess {
  const child = fork(new URL('worker-process.ts', import.meta.url), {
    execArgv: [...process.execArgv, '--expose-gc'],
  })
  let recorded = 0
  child.on('message', (report: WorkerReport) => {
    recorded = report.recorded
  })
  const ask = (command: WorkerCommand): Promise<WorkerReport> => {
    const answer = reportOf(child, ({ kind }) => kind === command.kind, command.kind)
    child.send(command)
    return answer
  }
  return {
    start(contender, place, concurrency) {
      recorded = 0
      return ask({ kind: 'start', contender, place, concurrency })
    },
    stop: () => ask({ kind: 'stop' }),
    measure: () => ask({ kind: 'measure' }),
    recorded: () => recorded,
    untilRecorded: (count) =>
      recorded >= count
        ? ask({ kind: 'measure' })
        : reportOf(child, (report) => report.recorded >= count, `${count} recorded deliveries`),
    end: () => void child.kill(),
  }
}

/** The first report that is wanted. Rejects when the process ends before it came. */
function reportOf(
  child: ChildProcess,
  isWanted: (report: WorkerReport) => boolean,
  what: string,
): Promise<WorkerReport> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(new Error(`No worker came to: ${what}`)), longestWaitMs)
    const onExit = (): void => end(new Error(`The worker's process ended before: ${what}`))
    const onMessage = (report: WorkerReport): void => {
      if (isWanted(report)) end(report)
    }
    const end = (outcome: WorkerReport | Error): void => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', onExit)
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
  })
}
