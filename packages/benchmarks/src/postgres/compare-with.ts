import { compare, type Limits, type Result } from '../results.ts'

interface Ours {
  scenario: string
  unit: string
  subject: string
  values: readonly number[]
}

/** One row for each that ours is compared with, judged by its limit where it has one. */
export function compareWith(
  ours: Ours,
  others: Record<string, readonly number[]>,
  limits: Record<string, Limits> = {},
): Result[] {
  return Object.entries(others).map(([baseline, baselineValues]) =>
    compare({ ...ours, baseline, baselineValues, ...limits[baseline] }),
  )
}
