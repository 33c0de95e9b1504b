import { availableParallelism, cpus } from 'node:os'

/** One measured figure beside what it is compared with: medians over the rounds of one run. */
export interface Result {
  scenario: string
  subject: string
  value: number
  unit: string
  /** What it is compared with, and that one's value in the same run. */
  baseline: string | null
  baselineValue: number | null
  /** The median of the ratios, round by round. */
  ratio: number | null
  target: string | null
  isMet: boolean | null
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = Number.NaN] = [
    sorted[sorted.length % 2 ? middle : middle - 1],
    sorted[middle],
  ]
  return (low + high) / 2
}

/** The value below which this share of them lies: 0.99 for p99. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export interface Limits {
  /** The least that is asked for. */
  atLeast?: number
  /** The most that is allowed. */
  atMost?: number
}

interface Figure extends Limits {
  scenario: string
  unit: string
  subject: string
  values: readonly number[]
}

interface Comparison extends Figure {
  baseline: string
  baselineValues: readonly number[]
}

/** A figure that stands for itself. Limits are limits of its median. */
export function figure({ values, atLeast, atMost, ...names }: Figure): Result {
  const value = median(values)
  const none = { baseline: null, baselineValue: null, ratio: null }
  return { ...names, value, ...none, ...judge(value, { atLeast, atMost }, ` ${names.unit}`) }
}

/**
 * Compares round by round: the machine's speed drifts, and a ratio within a round drifts less. Limits are limits of the
 * median ratio.
 */
export function compare({ values, baselineValues, atLeast, atMost, ...names }: Comparison): Result {
  const ratio = median(values.map((value, round) => value / (baselineValues[round] ?? Number.NaN)))
  return {
    ...names,
    value: median(values),
    baselineValue: median(baselineValues),
    ratio,
    ...judge(ratio, { atLeast, atMost }, ' x'),
  }
}

function judge(
  value: number,
  { atLeast, atMost }: { [Limit in keyof Limits]: Limits[Limit] | undefined },
  unit: string,
): Pick<Result, 'target' | 'isMet'> {
  if (atLeast !== undefined) return { target: `>= ${atLeast}${unit}`, isMet: value >= atLeast }
  if (atMost !== undefined) return { target: `<= ${atMost}${unit}`, isMet: value <= atMost }
  return { target: null, isMet: null }
}

/** A block for each scenario, and in the end the targets that were missed. */
export function printResults(results: readonly Result[]): void {
  console.log(
    `\nNode ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`,
  )
  for (const scenario of new Set(results.map((result) => result.scenario)))
    printBlock(
      scenario,
      results.filter((result) => result.scenario === scenario),
    )
  const judged = results.filter(({ isMet }) => isMet !== null)
  console.log(`\n${judged.filter(({ isMet }) => isMet).length} of ${judged.length} targets met`)
}

function printBlock(scenario: string, results: readonly Result[]): void {
  const rows = results.map(({ subject, value, unit, baseline, baselineValue, ratio, target, isMet }) => [
    subject,
    `${format(value)} ${unit}`,
    baseline === null ? '' : `${baseline}: ${format(baselineValue ?? Number.NaN)}`,
    ratio === null ? '' : `${ratio.toFixed(2)} x`,
    target === null ? '' : `${target} ${isMet ? 'met' : 'MISSED'}`,
  ])
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  console.log(`\n${scenario}`)
  for (const row of rows)
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}

const format = (value: number): string => {
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value >= 0.01 ? String(Number(value.toPrecision(3))) : value.toFixed(4)
}
