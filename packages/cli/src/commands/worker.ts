import type { Diagnosis, Leadhooks } from '@leadhooks/core'
import type { ConfiguredCommand } from '../command.ts'
import { parseDuration } from '../duration.ts'
import { printStatus } from '../print.ts'
import { receiveSignals } from '../signals.ts'

export const worker: ConfiguredCommand = {
  summary: 'Sends what is due, until it is told to stop (Ctrl-C or SIGTERM)',
  optionsHelp: [
    '    --timeout <time>  how long a stop waits for what is under way: 10s (the default), 500ms, 2m',
    '    --migrate         brings the tables up to date first',
  ],
  options: { timeout: { type: 'string', default: '10s' }, migrate: { type: 'boolean' } },
  prepare: ({ timeout, migrate }) => {
    const timeoutMs = parseDuration('--timeout', String(timeout))
    return async (leadhooks) => {
      if (migrate === true) await leadhooks.migrate()
      const diagnoses = await leadhooks.diagnose()
      if (!isFit(diagnoses)) return 1
      await work(leadhooks, diagnoses, timeoutMs)
      return 0
    }
  },
}

/** A worker that cannot work ends at once, and says why: a supervisor sees that, and not a failed claim per second. */
function isFit(diagnoses: readonly Diagnosis[]): boolean {
  const problems = diagnoses.filter(({ status }) => status === 'problem')
  for (const { check, message } of problems) printStatus(`${check}: ${message}`)
  if (problems.length > 0) printStatus('The worker was not started')
  return problems.length === 0
}

async function work(leadhooks: Leadhooks, diagnoses: readonly Diagnosis[], timeoutMs: number): Promise<void> {
  const signals = receiveSignals()
  const running = leadhooks.startWorker()
  // That there was no worker is no news to the one that starts.
  const warnings = diagnoses.filter(({ check, status }) => status === 'warning' && check !== 'workers').length
  const remark = warnings === 0 ? '' : `; \`leadhooks doctor\` has warnings: ${warnings}`
  printStatus(`The worker is sending (process ${process.pid})${remark}`)

  const name = await signals.first
  printStatus(`${name}: finishing what is under way, for ${timeoutMs} ms at most; once more cuts it off`)
  void signals.second.then(() => {
    printStatus('Cut off: what was under way is sent again once its lease has lapsed')
    process.exit(1)
  })
  await running.stop({ timeoutMs })
}
