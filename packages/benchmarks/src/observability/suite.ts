import { compare, type Result } from '../results.ts'
import { interleaveEach } from '../rounds.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { openSubjects, type Slice, subjectNames } from './subjects.ts'

/** What metrics may cost of a drain. */
const atLeast = 0.97

/**
 * What metrics and traces cost a worker: one queue is drained in slices, with and without them in turn, so that what else the machine does
 * falls on all of them alike.
 */
export async function observabilitySuite({ rounds, quick }: SuiteOptions): Promise<Result[]> {
  const size = quick ? 200 : 2000
  const { drain, close } = await openSubjects()
  process.stderr.write('observability ')
  try {
    for (const name of subjectNames) await drain(name, size)
    const { none, ...others } = await interleaveEach(rounds, subjectNames, (name) => drain(name, size))
    return Object.entries(others).flatMap(([subject, slices]) => rowsOf(subject, slices, none, size))
  } finally {
    await close()
  }
}

function rowsOf(subject: string, slices: Slice[], none: Slice[], size: number): Result[] {
  const row = (key: keyof Slice, scenario: string, unit: string) => ({
    scenario: `${scenario}, slices of ${size} events`,
    unit,
    subject,
    values: slices.map((slice) => slice[key]),
    baseline: 'without',
    baselineValues: none.map((slice) => slice[key]),
  })
  const isJudged = subject !== 'OpenTelemetry traces'
  return [
    compare({ ...row('rate', 'drain with metrics or traces', '/s'), ...(isJudged && { atLeast }) }),
    compare(row('cpu', 'CPU of the process', 's per 1,000')),
  ]
}
