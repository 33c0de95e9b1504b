import type { MaintenanceReport } from '@leadhooks/core'
import type { ConfiguredCommand } from '../command.ts'
import { print, printStatus } from '../print.ts'
import { receiveSignals } from '../signals.ts'

export const maintenance: ConfiguredCommand = {
  summary: 'Removes what is older than `retention` says; Ctrl-C ends it after its step',
  optionsHelp: [
    '    --json            answers JSON: { outcome, durationMs, removed: { deliveries, attempts, … } }',
  ],
  options: { json: { type: 'boolean' } },
  prepare: ({ json }) => {
    return async (leadhooks) => {
      const abort = new AbortController()
      const signals = receiveSignals()
      void signals.first.then(() => abort.abort())
      const report = await leadhooks.maintenance.run({ signal: abort.signal, onProgress: progress() })
      if (json === true) print(JSON.stringify(report, null, 2))
      else printReport(report)
      return report.outcome === 'done' ? 0 : 1
    }
  },
}

const everyRows = 10_000

/** Says now and then how far it is. */
function progress(): (removed: Readonly<MaintenanceReport['removed']>) => void {
  let told = 0
  return ({ deliveries }) => {
    if (deliveries < told + everyRows) return
    told = deliveries
    printStatus(`${deliveries} deliveries removed so far`)
  }
}

const sentences: Record<MaintenanceReport['outcome'], string> = {
  done: 'Nothing is left that is old enough',
  aborted: 'It was broken off: the next run goes on with it',
  busy: 'Another process is at it: nothing was done here',
}

function printReport({ outcome, removed, durationMs }: MaintenanceReport): void {
  for (const [what, count] of Object.entries(removed)) print(`${what.padEnd(12)} ${count}`)
  print(`\n${sentences[outcome]} (${durationMs} ms)`)
}
