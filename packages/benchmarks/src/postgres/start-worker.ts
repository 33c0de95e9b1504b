import { type ChildProcess, fork } from 'node:child_process'
import type { Place } from './contenders/contender.ts'
import type { ContenderName } from './contenders/contenders.ts'

export type WorkerCommand =
  | { kind: 'start'; contender: ContenderName; place: Place; concurrency: number }
  | { kind: 'stop' | 'memory' }

export interface WorkerReport {
  kind: 'start' | 'stop' | 'progress'
  /** How many deliveries it has recorded since it was started. */
  recorded: number
  /** What the process has sent to Postgres and used up since its beginning. */
  statements: number
  cpuMs: number
}

/** After a collection of garbage. */
export interface MemoryReport {
  kind: 'memory'
  /** What the system counts. */
  residentBytes: number
  /** What the garbage collector cannot free. */
  liveBytes: number
}

/** A process for a worker: it can be started and stopped in it many times, so that it can be warm before it is measured. */
export interface WorkerProcess {
  start(contender: ContenderName, place: Place, concurrency: number): Promise<WorkerReport>
  stop(): Promise<WorkerReport>
  memory(): Promise<MemoryReport>
  /** How many deliveries it has told of so far; it tells every 5 ms. */
  recorded(): number
  /** Waits for the report of so many. To be called before they are there. */
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
  child.on('message', (report: WorkerReport | MemoryReport) => {
    if (report.kind !== 'memory') recorded = report.recorded
  })
  const ask = <Answer extends WorkerReport | MemoryReport>(command: WorkerCommand): Promise<Answer> => {
    const answer = reportOf<Answer>(child, ({ kind }) => kind === command.kind, command.kind)
    child.send(command)
    return answer
  }
  return {
    start(contender, place, concurrency) {
      recorded = 0
      return ask({ kind: 'start', contender, place, concurrency })
    },
    stop: () => ask({ kind: 'stop' }),
    memory: () => ask({ kind: 'memory' }),
    recorded: () => recorded,
    untilRecorded: (count) =>
      reportOf<WorkerReport>(
        child,
        (report) => report.kind === 'progress' && report.recorded >= count,
        `${count} recorded deliveries`,
      ),
    end: () => void child.kill(),
  }
}

/** The first report that is wanted. Rejects when the process ends before it came. */
function reportOf<Report extends WorkerReport | MemoryReport>(
  child: ChildProcess,
  isWanted: (report: WorkerReport | MemoryReport) => boolean,
  what: string,
): Promise<Report> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(new Error(`No worker came to: ${what}`)), longestWaitMs)
    const onExit = (): void => end(new Error(`The worker's process ended before: ${what}`))
    const onMessage = (report: Report): void => {
      if (isWanted(report)) end(report)
    }
    const end = (outcome: Report | Error): void => {
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
