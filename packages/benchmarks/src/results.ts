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

interface Comparison {
  scenario: string
  unit: string
  subject: string
  values: readonly number[]
  baseline: string
  baselineValues: readonly number[]
  /** The least ratio that is asked for. */
  atLeast?: number
}

/** Compares round by round: the machine's speed drifts, and a ratio within a round drifts less. */
export function compare({ values, baselineValues, atLeast, ...names }: Comparison): Result {
  const ratio = median(values.map((value, round) => value / (baselineValues[round] ?? Number.NaN)))
  return {
    ...names,
    value: median(values),
    baselineValue: median(baselineValues),
    ratio,
    target: atLeast === undefined ? null : `>= ${atLeast} x`,
    isMet: atLeast === undefined ? null : ratio >= atLeast,
  }
}

export function printResults(results: readonly Result[]): void {
  console.log(
    `\nNode ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`,
  )
  console.table(
    results.map(({ scenario, subject, value, unit, baseline, baselineValue, ratio, target, isMet }) => ({
      scenario,
      subject,
      value: `${format(value)} ${unit}`,
      baseline: baseline === null ? '' : `${baseline}: ${format(baselineValue ?? Number.NaN)}`,
      ratio: ratio === null ? '' : ratio.toFixed(2),
      target: target === null ? '' : `${target} ${isMet ? 'met' : 'MISSED'}`,
    })),
  )
}

const format = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
