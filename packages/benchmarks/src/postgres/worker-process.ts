// A process that runs the worker of one contender, and tells what it costs.
import pg from 'pg'
import type { RunningWorker } from './contenders/contender.ts'
import { contenders } from './contenders/contenders.ts'
import type { MemoryReport, WorkerCommand, WorkerReport } from './start-worker.ts'

let worker: RunningWorker | undefined
let recorded = 0
let told = 0
let statements = 0
countStatements()

/** Every contender reaches Postgres through this client. */
function countStatements(): void {
  const client = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown }
  const { query } = client
  client.query = function countedQuery(this: pg.Client, ...args) {
    statements++
    return Reflect.apply(query, this, args)
  }
}

async function obey(command: WorkerCommand): Promise<void> {
  if (command.kind === 'memory') return reportMemory()
  if (command.kind === 'start') {
    const { contender, place, concurrency } = command
    recorded = 0
    told = 0
    worker = await contenders[contender].startWorker(place, {
      concurrency,
      onRecorded: (count) => {
        recorded += count
      },
    })
  }
  if (command.kind === 'stop') await worker?.stop()
  report(command.kind)
}

function report(kind: WorkerReport['kind']): void {
  const { user, system } = process.cpuUsage()
  process.send?.({ kind, recorded, statements, cpuMs: (user + system) / 1000 } satisfies WorkerReport)
}

function reportMemory(): void {
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({
    kind: 'memory',
    residentBytes: rss,
    liveBytes: heapUsed + external,
  } satisfies MemoryReport)
}

setInterval(() => {
  if (recorded === told) return
  told = recorded
  report('progress')
}, 5)

process.on('message', (command: WorkerCommand) => {
  void obey(command)
})
process.on('disconnect', () => process.exit(0))
