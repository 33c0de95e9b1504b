import { styleText } from 'node:util'
import type { Diagnosis } from '@leadhooks/core'
import type { ConfiguredCommand } from '../command.ts'
import { print } from '../print.ts'

type Status = Diagnosis['status']

export const doctor: ConfiguredCommand = {
  summary: 'Examines the database and the options; exits with 1 when there is a problem',
  optionsHelp: [
    '    --json            answers JSON: { healthy, diagnoses: [{ check, status, message }] }',
    '    --strict          exits with 1 where there is a warning, too',
  ],
  options: { json: { type: 'boolean' }, strict: { type: 'boolean' } },
  prepare: ({ json, strict }) => {
    return async (leadhooks) => {
      const diagnoses = await leadhooks.diagnose()
      const healthy = diagnoses.every(
        ({ status }) => status === 'ok' || (status === 'warning' && strict !== true),
      )
      if (json === true) print(JSON.stringify({ healthy, diagnoses }, null, 2))
      else printReport(diagnoses)
      return healthy ? 0 : 1
    }
  },
}

function printReport(diagnoses: readonly Diagnosis[]): void {
  const mark = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' ? colouredMark : plainMark
  const width = Math.max(...diagnoses.map(({ check }) => check.length))
  for (const { check, status, message } of diagnoses) {
    print(`${mark(status)} ${check.padEnd(width)}  ${message}`)
  }
  const count = (status: Status): number => diagnoses.filter((found) => found.status === status).length
  print(`\nProblems: ${count('problem')}, warnings: ${count('warning')}`)
}

const colouredMarks: Record<Status, string> = {
  ok: styleText('green', '✔'),
  warning: styleText('yellow', '⚠'),
  problem: styleText('red', '✖'),
}

function colouredMark(status: Status): string {
  return colouredMarks[status]
}

function plainMark(status: Status): string {
  return `[${status}]`.padEnd('[problem]'.length)
}
